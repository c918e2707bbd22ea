// The run as it was when the picture was stopped, while its record goes on.

import { Drawer } from "./drawer.ts";
import type { RunRecord, Shown } from "./record.ts";
import type { Entry, Verdict } from "./wire.ts";

export class Still implements Shown {
  readonly entries: Entry[];
  readonly drawer = new Drawer();
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly outcome = undefined;
  private readonly at: number | undefined;

  constructor(private readonly record: RunRecord) {
    this.entries = [...record.entries];
    for (const e of this.entries) this.drawer.add(e);
    this.verdicts = new Map(record.verdicts);
    this.at = record.now();
  }

  /** How many entries have come since. */
  get waiting(): number {
    return this.record.entries.length - this.entries.length;
  }

  now(): number | undefined {
    return this.at;
  }
}
