// What a screen reader is told while a run goes on: where it stands, not each entry.

import { detail } from "./checks.ts";
import type { RunRecord } from "./record.ts";
import type { Entry, Verdict } from "./wire.ts";
import { name, word } from "./words.ts";

/** Between two messages, in milliseconds: about what it takes to say one. */
const pause = 3000;

/**
 * Tells the newest state of a pod and how many expectations are met, at most once in
 * a pause, and nothing twice. The first divergence does not wait, since all else that
 * may be said is less; the pause begins anew after it.
 */
export class Announcer {
  private timer = 0;
  /** The newest state that has not been said. */
  private state = "";
  private diverged = false;
  private said = "";

  constructor(private readonly region: HTMLElement, private readonly root: HTMLElement) {}

  /** Takes note of new entries of a record, which has them already. */
  add(entries: Entry[], record: RunRecord): void {
    const e = entries.findLast((e) => e.pod && !e.inferred);
    if (e) this.state = word("announce", { pod: e.name ?? "", status: e.type === "deleted" ? word("deleted") : e.pod!.status });
    const first = this.diverged ? undefined : [...record.verdicts.values()].find((v) => v.state === "diverged");
    if (first) {
      this.diverged = true;
      this.say(this.divergence(first));
      clearTimeout(this.timer);
      this.timer = 0;
    }
    if (this.timer === 0) this.hold(record);
  }

  /** Forgets a run; nothing more is said of it. */
  clear(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.state = this.said = this.region.textContent = "";
    this.diverged = false;
  }

  /** Says after a pause how the record then stands. */
  private hold(record: RunRecord): void {
    this.timer = setTimeout(() => {
      this.timer = 0;
      if (this.say(this.standing(record)) && !record.ended) this.hold(record);
    }, pause);
  }

  /** Says a text unless it is what was said last. */
  private say(text: string): boolean {
    if (text === this.said) return false;
    this.said = this.region.textContent = text;
    return true;
  }

  private standing(record: RunRecord): string {
    const met = [...record.verdicts.values()].filter((v) => v.state === "met").length;
    const all = this.root.querySelectorAll("[data-check]").length;
    const checks = all > 0 ? [word("checksMet", { met, all })] : [];
    return sentences(record.ended ? [name("outcomes", record.outcome!), ...checks] : [this.state, ...checks]);
  }

  private divergence(v: Verdict): string {
    const says = this.root.querySelector(`[data-check="${CSS.escape(v.id!)}"] .say`)?.textContent ?? v.id!;
    return sentences([`${name("checks", "diverged")}: ${says}`, detail(v)]);
  }
}

function sentences(texts: string[]): string {
  return texts.filter(Boolean).map((t) => `${t.replace(/\.$/, "")}.`).join(" ");
}
