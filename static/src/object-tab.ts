// A tab that shows one of the run's objects as the server gives it. It asks again
// when an entry tells of a change, and only while it is seen.

import { ask, NoAnswer, said } from "./answer.ts";
import { subject, title, type KubeObject, type Objects } from "./objects.ts";
import { plain } from "./plain.ts";
import type { Panel } from "./tabs.ts";
import { setText } from "./text.ts";
import type { Entry } from "./wire.ts";
import { duration, word } from "./words.ts";

/** How long changes are gathered before the server is asked, in milliseconds. */
const gather = 400;

export abstract class ObjectTab implements Panel {
  private readonly select: HTMLSelectElement;
  private readonly label: HTMLElement;
  private readonly note: HTMLElement;
  /** Holds what is shown of an object, and is hidden while that is nothing. */
  protected abstract readonly text: HTMLElement;
  private visible = false;
  /** What there is to note of what is shown, at whatever time. */
  private remark = "";
  private timer = 0;
  /** Counts what was asked, so that a late answer does not replace a newer one. */
  private asked = 0;

  /** aspect is the last part of the address of what is shown. */
  constructor(protected readonly panel: HTMLElement, protected readonly objects: Objects, private readonly aspect: string) {
    this.select = panel.querySelector("[data-object]")!;
    this.label = panel.querySelector("[data-object-label]")!;
    this.note = panel.querySelector("[data-object-note]")!;
    this.select.addEventListener("change", () => {
      objects.choose(this.select.value);
      void this.load();
    });
  }

  /** Shows what the server answered about an object, which may have been deleted, and returns what there is to note. */
  protected abstract put(object: KubeObject, text: string, deleted: boolean): string;

  /** Takes note that an object is gone, and returns what to say of it. */
  protected abstract gone(object: KubeObject): string;

  /** Shows nothing of any object. */
  protected abstract clear(): void;

  show(): void {
    this.asked++;
    clearTimeout(this.timer);
    this.timer = 0;
    this.label.hidden = true;
    this.clear();
    this.tell("");
  }

  add(entries: Entry[]): void {
    if (!this.visible) return;
    const shown = this.objects.chosen;
    const concerned = entries.some((e) => (shown && subject(e) === title(shown)) || (e.uid !== undefined && !this.objects.list.some((o) => o.uid === e.uid)) || e.type === "deleted");
    if (concerned) this.timer ||= setTimeout(() => void this.load(), gather);
  }

  /** The time that is shown has become another. What is shown of an object is its newest version all the same, which is said. */
  upTo(): void {
    if (!this.visible) return;
    const before = this.select.value;
    this.choices();
    if (this.select.value !== before) void this.load();
    else this.tell(this.remark);
  }

  seen(seen: boolean): void {
    this.visible = seen;
    if (seen) void this.load();
  }

  private async load(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = 0;
    const run = this.objects.run;
    if (run === "") return;
    const asked = ++this.asked;
    let object: KubeObject | undefined;
    try {
      await this.objects.refresh();
      if (asked !== this.asked) return;
      this.choices();
      object = this.objects.chosen;
      if (!object) {
        this.clear();
        return this.tell(word(this.objects.any && this.objects.list.length === 0 ? "cleanedUp" : "objectsNone"));
      }
      const answer = await ask(`/api/runs/${[run, "objects", object.kind, object.name].map(encodeURIComponent).join("/")}/${this.aspect}`);
      const text = await answer.text();
      if (asked === this.asked) this.tell(this.put(object, text, answer.headers.has("X-Joblab-Deleted")));
    } catch (e) {
      if (asked !== this.asked) return;
      const gone = e instanceof NoAnswer && (e.status === 410 || e.status === 404);
      if (object && gone && e.status === 410) this.mark(object);
      this.tell(object && gone ? this.gone(object) : said(e));
    }
  }

  /** Marks an object as deleted, which the run does not see once it has ended. */
  protected mark(object: KubeObject): void {
    if (object.deleted) return;
    object.deleted = true;
    this.choices();
  }

  private choices(): void {
    const groups = new Map<string, HTMLOptGroupElement>();
    for (const o of this.objects.offered) {
      let group = groups.get(o.kind);
      if (!group) {
        group = document.createElement("optgroup");
        group.label = plain(o.kind);
        groups.set(o.kind, group);
      }
      group.append(new Option(plain(o.name) + (this.objects.isGone(o) ? ` · ${this.objects.ending(o)}` : ""), o.uid));
    }
    this.select.replaceChildren(...groups.values());
    this.select.value = this.objects.chosen?.uid ?? "";
    this.label.hidden = groups.size === 0;
  }

  private tell(remark: string): void {
    this.remark = remark;
    const object = this.objects.chosen;
    const newest = object && !this.text.hidden ? this.objects.newest(object) : undefined;
    const text = [newest === undefined ? "" : word("newestVersion", { t: duration(newest) }), remark].filter(Boolean).join(" ");
    setText(this.note, text);
    this.note.hidden = text === "";
  }
}
