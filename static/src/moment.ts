// A run as it was at a time of it.

import { Drawer } from "./drawer.ts";
import type { Shown } from "./record.ts";
import type { Entry, State, Verdict } from "./wire.ts";

/** A run that can be shown at any time of it. */
export interface Reel {
  /** Its entries so far, in order. */
  entries(): readonly Entry[];
  /** Up to when it can be shown, in seconds. */
  end(): number;
  /** It is a lab's recorded run. */
  readonly recorded: boolean;
  /** Shows it at a time, or again as it is. */
  show(moment: Moment | undefined): void;
}

export class Moment implements Shown {
  readonly entries: Entry[] = [];
  readonly drawer = new Drawer();
  readonly verdicts = new Map<string, Verdict>();
  outcome: State | undefined;
  /** The time that is shown. */
  at = 0;

  constructor(private readonly reel: Reel) {}

  get past(): { recorded: boolean; end: number } {
    return { recorded: this.reel.recorded, end: this.reel.end() };
  }

  now(): number {
    return this.at;
  }

  /** Goes on to a time that is not before the one that is shown. */
  goOn(at: number): void {
    this.at = at;
    const all = this.reel.entries();
    for (let i = this.entries.length; i < all.length && stamp(all[i]!.t) <= at; i++) this.add(all[i]!);
  }

  private add(e: Entry): void {
    this.entries.push(e);
    this.drawer.add(e);
    for (const v of e.verdict?.checks ?? [e.verdict]) if (v?.id) this.verdicts.set(v.id, v);
    this.outcome = e.verdict?.outcome ?? this.outcome;
  }
}

/** A time in whole milliseconds that is not before t: it shows what came at t, and can be written down. */
export function stamp(t: number): number {
  return Math.ceil(t * 1000 - 1e-6) / 1000;
}

/** The next time after at, or the last before it, at which an entry came; undefined if there is none. */
export function neighbour(reels: readonly Reel[], at: number, direction: 1 | -1): number | undefined {
  let nearest: number | undefined;
  for (const reel of reels) {
    const all = reel.entries();
    const e = direction > 0 ? all.find((e) => stamp(e.t) > at) : all.findLast((e) => stamp(e.t) < at);
    if (e && (nearest === undefined || (stamp(e.t) - nearest) * direction < 0)) nearest = stamp(e.t);
  }
  return nearest;
}
