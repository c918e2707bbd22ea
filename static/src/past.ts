// What a run's page shows beside the timeline while that shows an earlier time: the
// expectations as they stood, and what the tabs have of then.

import { showChecks, showOutcome } from "./checks.ts";
import type { Shown } from "./record.ts";
import { duration, word } from "./words.ts";

export class Past {
  /** What is shown; undefined while the run is shown as it is. */
  private shown: Shown | undefined;
  private last = Infinity;

  constructor(private readonly root: HTMLElement, private readonly tabs: { upTo(seq: number): void }) {}

  get on(): boolean {
    return this.shown !== undefined;
  }

  show(shown: Shown | undefined, run: string): void {
    const began = this.shown === undefined;
    this.shown = shown;
    this.root.toggleAttribute("data-past", shown !== undefined);
    const last = shown ? shown.entries.at(-1)?.seq ?? 0 : Infinity;
    if (shown) this.say(shown);
    if (last === this.last && !began) return;
    this.last = last;
    this.tabs.upTo(last);
    if (!shown) return;
    showChecks(this.root, shown, run);
    showOutcome(this.root, shown.outcome, shown.outcome ? this.root.dataset["state"] ?? "finished" : "running", "");
  }

  private say(shown: Shown): void {
    const count = this.root.querySelector("[data-count]");
    if (count) count.textContent = word("atTime", { t: duration(shown.now() ?? 0) });
  }
}
