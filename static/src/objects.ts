// The objects that a run saw, in order of creation, and which of them is looked at.

import { ask } from "./answer.ts";
import type { Entry } from "./wire.ts";

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

export class Objects {
  list: KubeObject[] = [];
  run = "";
  private chosenUID = "";
  /** The objects that entries told of, each with whether it is there, to know when the list has become old. */
  private known = new Map<string, boolean>();
  private old = true;
  private loading: Promise<void> | undefined;

  /** What is looked at: what the reader chose, else the first Job, else the first object. */
  get chosen(): KubeObject | undefined {
    return this.list.find((o) => o.uid === this.chosenUID) ?? this.list.find((o) => o.kind === "Job") ?? this.list[0];
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
    this.loading = undefined;
  }

  add(entries: Entry[]): void {
    for (const e of entries) {
      if (!kinds[e.kind] || !e.uid) continue;
      const there = e.type !== "deleted";
      if (this.known.get(e.uid) === there) continue;
      this.known.set(e.uid, there);
      this.old = true;
    }
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
