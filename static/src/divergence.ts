// Where a run diverged: the segments at which checks say so.

import { partition } from "./layout.ts";
import type { Shown } from "./record.ts";
import type { Verdict } from "./wire.ts";
import { word } from "./words.ts";

export interface Divergence {
  /** The key of the segment in the drawing. */
  key: string;
  seq: number;
  text: string;
}

/** The divergences of what is shown, in order. Those that are about no pod and no Job have no place. */
export function divergences(shown: Shown | undefined): Divergence[] {
  if (!shown) return [];
  const list: (Divergence & { at: number })[] = [];
  for (const v of shown.verdicts.values()) {
    if (v.state !== "diverged" || !v.seq) continue;
    const found = segmentAt(shown, v);
    if (!found) continue;
    const text = word("diverged", { expected: v.expected ?? "", got: v.got ?? found.status });
    list.push({ key: found.key, seq: found.seq, text, at: v.seq });
  }
  return list.sort((a, b) => a.at - b.at);
}

function segmentAt(shown: Shown, v: Verdict): { key: string; seq: number; status: string } | undefined {
  const e = shown.entries[v.seq! - 1];
  const { lanes, jobs } = shown.drawer;
  const job = e?.job && jobs.find((j) => j.uid === e.uid);
  if (job) {
    const s = upTo(job.segments, v.seq!);
    return s && { key: `job ${job.uid} ${s.seq}`, seq: s.seq, status: s.state };
  }
  const lane = (e?.pod && lanes.find((l) => l.uid === e.uid)) ?? lanes.find((l) => l.pod === v.pod);
  const s = lane && upTo(lane.segments, v.seq!);
  return s && { key: `pod ${lane.uid} ${s.seq}`, seq: s.seq, status: s.status };
}

/** The segment in which an entry is. */
function upTo<S extends { seq: number }>(segments: S[], seq: number): S | undefined {
  return segments[partition(segments.length, (i) => segments[i]!.seq > seq) - 1];
}
