// An object as kubectl describe prints it.

import { ObjectTab } from "./object-tab.ts";
import { title, type KubeObject, type Objects } from "./objects.ts";
import { plain } from "./plain.ts";
import { word } from "./words.ts";

export class DescribeTab extends ObjectTab {
  protected override readonly text: HTMLElement;
  /** The object that text describes. */
  private described = "";

  constructor(panel: HTMLElement, objects: Objects) {
    super(panel, objects, "describe");
    this.text = panel.querySelector("[data-describe]")!;
  }

  protected override put(object: KubeObject, text: string): string {
    const at = this.described === object.uid ? this.text.scrollTop : 0;
    this.described = object.uid;
    this.text.textContent = plain(text);
    this.text.hidden = false;
    this.text.toggleAttribute("data-past", false);
    this.text.scrollTop = at;
    return "";
  }

  /** What was described last stays, and is said to be past. */
  protected override gone(object: KubeObject): string {
    const kept = this.described === object.uid;
    if (!kept) this.clear();
    this.text.toggleAttribute("data-past", kept);
    return word(kept ? "objectWas" : "objectGone", { object: plain(title(object)), when: this.objects.ending(object) });
  }

  protected override clear(): void {
    this.described = "";
    this.text.textContent = "";
    this.text.hidden = true;
  }
}
