// The objects that a run saw, in order of creation, and which of them is looked at.

import { ask } from "./answer.ts";
import type { Entry } from "./wire.ts";
import { duration, word } from "./words.ts";

/** One of GET /api/runs/{id}/objects. */
export interface KubeObject {
  kind: string;
  apiVersion: string;
  name: string;
  uid: string;
  deleted: boolean;
}

const kinds: Partial<Record<Entry["kind"], string>> = { pod: "Pod", job: "Job", cronjob: "CronJob" };

/** What objects are called in events: Pod/pi-x7k2p. */
export function title(o: { kind: string; name: string }): string {
  return `${o.kind}/${o.name}`;
}

/** The object that an entry is about, as title names it; empty if it is about none. */
export function subject(e: Entry): string {
  const kind = kinds[e.kind];
  return kind ? title({ kind, name: e.name ?? "" }) : (e.event?.object ?? "");
}

/** What entries told of an object. */
interface Told {
  /** The entry that told of it first. */
  first: number;
  /** The entry that told of its end. */
  gone?: Entry;
  /** When the newest version came, in seconds. */
  newest: number;
}

export class Objects {
  list: KubeObject[] = [];
  run = "";
  private chosenUID = "";
  /** The objects that entries told of, to know when the list has become old. */
  private known = new Map<string, Told>();
  private old = true;
  private ended = false;
  /** The last entry that is shown; none is left out if that is the run as it is. */
  private until = Infinity;
  private loading: Promise<void> | undefined;

  /** What is looked at: what the reader chose, else the first Job, else the first object. */
  get chosen(): KubeObject | undefined {
    const { offered } = this;
    return offered.find((o) => o.uid === this.chosenUID) ?? offered.find((o) => o.kind === "Job") ?? offered[0];
  }

  /** Those that had been seen by the time that is shown. */
  get offered(): KubeObject[] {
    return this.list.filter((o) => (this.known.get(o.uid)?.first ?? 0) <= this.until);
  }

  /** When the newest version of an object came, in seconds, if an earlier time is shown. */
  newest(o: KubeObject): number | undefined {
    return this.until === Infinity ? undefined : this.known.get(o.uid)?.newest;
  }

  /** When an object was deleted, in words. */
  ending(o: KubeObject): string {
    const gone = this.known.get(o.uid)?.gone;
    if (gone) return word("deletedAt", { t: duration(gone.t) });
    return word(this.ended ? "deletedAfter" : "deleted");
  }

  /** Whether an object was gone by the time that is shown. */
  isGone(o: KubeObject): boolean {
    const gone = this.known.get(o.uid)?.gone;
    return gone ? gone.seq <= this.until : o.deleted && this.until === Infinity;
  }

  /** Whether the run has had objects, listed or not. */
  get any(): boolean {
    return this.known.size > 0;
  }

  choose(uid: string): void {
    this.chosenUID = uid;
  }

  show(run: string): void {
    this.run = run;
    this.list = [];
    this.chosenUID = "";
    this.known.clear();
    this.old = true;
    this.ended = false;
    this.loading = undefined;
  }

  add(entries: Entry[]): void {
    for (const e of entries) {
      this.ended ||= e.verdict?.outcome !== undefined;
      if (!kinds[e.kind] || !e.uid) continue;
      const told = this.known.get(e.uid);
      const gone = e.type === "deleted" ? e : undefined;
      this.old ||= !told || Boolean(told.gone) !== Boolean(gone);
      // An inferred state has no version of its own.
      const newest = told && e.inferred ? told.newest : e.t;
      this.known.set(e.uid, { first: told?.first ?? e.seq, gone, newest });
    }
  }

  /** Shows what there was up to an entry. */
  upTo(seq: number): void {
    this.until = seq;
  }

  /** Asks for the list anew, if entries have told of a change since. */
  async refresh(): Promise<void> {
    while (this.old || this.loading) {
      if (!this.loading) {
        this.old = false;
        this.loading = this.load(this.run);
      }
      const loading = this.loading;
      try {
        await loading;
      } catch (e) {
        this.old = true;
        throw e;
      } finally {
        if (this.loading === loading) this.loading = undefined;
      }
    }
  }

  private async load(run: string): Promise<void> {
    const answer = await ask(`/api/runs/${encodeURIComponent(run)}/objects`);
    const list = (await answer.json()) as KubeObject[];
    if (run === this.run) this.list = list;
  }
}
