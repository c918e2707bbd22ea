// An object as the API server holds it or, once it is gone, held it last. What tells
// which program set which field is folded away.

import { copyButton } from "./copy.ts";
import { ObjectTab } from "./object-tab.ts";
import { title, type KubeObject, type Objects } from "./objects.ts";
import { plain } from "./plain.ts";
import { word } from "./words.ts";
import { paint } from "./yaml.ts";

export class YAMLTab extends ObjectTab {
  protected override readonly text: HTMLElement;
  private readonly copy: HTMLButtonElement;
  /** The object that is shown, and its text. */
  private uid = "";
  private yaml = "";
  private unfolded = false;

  constructor(panel: HTMLElement, objects: Objects) {
    super(panel, objects, "yaml");
    this.text = panel.querySelector("[data-yaml]")!;
    this.copy = panel.querySelector("[data-copy]")!;
    copyButton(this.copy, () => {
      const { head, managed, rest } = fold(this.yaml);
      return [...head, ...(this.unfolded ? managed : []), ...rest].join("\n");
    });
  }

  protected override put(object: KubeObject, yaml: string, deleted: boolean): string {
    const same = this.uid === object.uid;
    const at = same ? this.text.scrollTop : 0;
    if (!same) this.unfolded = false;
    const unchanged = same && yaml === this.yaml;
    this.uid = object.uid;
    this.yaml = yaml;
    this.copy.hidden = this.text.hidden = false;
    if (!unchanged) this.draw();
    this.text.scrollTop = at;
    if (!deleted) return "";
    this.mark(object);
    return word("objectDeleted", { object: plain(title(object)), when: this.objects.ending(object) });
  }

  protected override gone(): string {
    this.clear();
    return word("notServed");
  }

  protected override clear(): void {
    this.uid = this.yaml = "";
    this.text.replaceChildren();
    this.copy.hidden = this.text.hidden = true;
  }

  private draw(): void {
    const { head, managed, rest } = fold(this.yaml);
    const coloured = (lines: string[]): DocumentFragment => paint(plain(lines.join("\n")), new Set(), 0);
    this.text.replaceChildren(coloured(head));
    if (managed.length > 0) {
      const toggle = document.createElement("button");
      toggle.type = "button";
      toggle.className = "fold";
      toggle.dataset["managedFields"] = "";
      toggle.setAttribute("aria-expanded", String(this.unfolded));
      toggle.textContent = `managedFields: ${this.unfolded ? word("managedHide") : word("managedShow", { n: managed.length })}`;
      toggle.addEventListener("click", () => {
        this.unfolded = !this.unfolded;
        this.draw();
        this.text.querySelector<HTMLElement>("[data-managed-fields]")?.focus({ preventScroll: true });
      });
      this.text.append("  ", toggle, "\n");
      if (this.unfolded) this.text.append(coloured(managed.slice(1)));
    }
    this.text.append(coloured(rest));
  }
}

/** Cuts a YAML text around metadata.managedFields. */
function fold(yaml: string): { head: string[]; managed: string[]; rest: string[] } {
  const lines = yaml.split("\n");
  const from = lines.indexOf("  managedFields:");
  if (from < 0) return { head: lines, managed: [], rest: [] };
  let to = from + 1;
  while (to < lines.length && /^ {2}(-| )/.test(lines[to]!)) to++;
  return { head: lines.slice(0, from), managed: lines.slice(from, to), rest: lines.slice(to) };
}
