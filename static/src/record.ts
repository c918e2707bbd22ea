// A run as the page knows it: its entries, each once and in order, and what
// follows from them.

import { Drawer } from "./drawer.ts";
import type { Taken } from "./stream.ts";
import type { Entry, State, Verdict } from "./wire.ts";

/** What the timeline draws as observed. */
export interface Shown {
  readonly entries: Entry[];
  readonly drawer: Drawer;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** The time up to which it is drawn; undefined before it began. */
  now(): number | undefined;
  /** How it ended; undefined until then. */
  readonly outcome: State | undefined;
  /** Set if it is shown as it was at a time: whether it is the recorded run, and how long it took in all. */
  readonly past?: { recorded: boolean; end: number };
}

export class RunRecord implements Shown {
  readonly entries: Entry[] = [];
  readonly drawer = new Drawer();
  readonly verdicts = new Map<string, Verdict>();
  outcome: State | undefined;
  /** The seq of the last entry. */
  last = 0;
  /** How far the run's clock is ahead of performance.now(), in seconds. */
  private ahead: number | undefined;

  /** elapsed is the run's time at the moment of the call, if the server said it. */
  constructor(elapsed?: number) {
    if (elapsed !== undefined) this.ahead = elapsed - performance.now() / 1000;
  }

  /**
   * Adds the next entry. It adds nothing if entries before it are missing; one that
   * is there already is passed over, if it is the same.
   */
  add(e: Entry): Taken {
    if (e.seq <= this.last) return same(this.entries[e.seq - 1]!, e) ? "all" : "changed";
    if (e.seq !== this.last + 1) return "missing";
    this.last = e.seq;
    this.entries.push(e);
    this.drawer.add(e);
    if (e.verdict?.outcome) {
      this.outcome = e.verdict.outcome;
      for (const v of e.verdict.checks ?? []) if (v.id) this.verdicts.set(v.id, v);
    } else if (e.verdict?.id) {
      this.verdicts.set(e.verdict.id, e.verdict);
    }
    // An entry is never seen before it is written, so the run's clock is at
    // least there. The browser's own clock is never asked.
    const ahead = e.t - performance.now() / 1000;
    if (this.ahead === undefined || ahead > this.ahead) this.ahead = ahead;
    return "all";
  }

  get ended(): boolean {
    return this.outcome !== undefined;
  }

  /** When a check diverged first; undefined if none did at an entry. */
  get divergedAt(): number | undefined {
    const times = [...this.verdicts.values()].filter((v) => v.state === "diverged" && v.seq).map((v) => this.entries[v.seq! - 1]!.t);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** The run's time now or, when it has ended, then; undefined before it began. */
  now(): number | undefined {
    const newest = this.entries.at(-1)?.t;
    if (this.ended) return newest;
    if (this.ahead === undefined) return undefined;
    return Math.max(newest ?? 0, performance.now() / 1000 + this.ahead);
  }
}

/** An entry never changes: one that was seen at another time is another one. */
function same(a: Entry, b: Entry): boolean {
  return a.at === b.at && a.kind === b.kind;
}
