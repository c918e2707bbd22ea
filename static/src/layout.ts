// Where things are in the drawing. Heights are CSS pixels, the same as in
// web/view/bench.go, so that nothing moves when the script draws.

import { groups, type Pair } from "./groups.ts";
import { place, type Range } from "./scale.ts";
import type { JobLane, Lane, View } from "./wire.ts";

export const axisHeight = 34;
export const headingHeight = 28;
export const jobHeight = 48;
export const laneHeight = 58;
export const plotFoot = 10;

/** The height from which on the drawing scrolls by itself instead of with the page. */
export const tallest = 860;

/** How narrow a state may be drawn: it must be seen however short it was. */
const leastObserved = 4;
const leastInferred = 7;
const leastExpected = 2;
/** How far a state may be moved from its time by short ones before it. */
const most = 20;

/** One line of the drawing. Its key begins the keys of what is drawn in it. */
export type Row = { key: string; y: number; height: number } & (
  | { kind: "heading"; text: string }
  | ({ kind: "job"; n: number; first: boolean } & Pair<JobLane>)
  | ({ kind: "pod"; n: number; before: Pair<Lane> | undefined; job: Pair<JobLane> | undefined } & Pair<Lane>)
);
export type JobRow = Extract<Row, { kind: "job" }>;
export type PodRow = Extract<Row, { kind: "pod" }>;

/** What a heading says of pods that no Job owns, while there are Jobs. */
export const noJob = "";

/** The rows of two views, and how high they are together, from below the axis. */
export function rows(expected: View, observed: View): { rows: Row[]; height: number } {
  const list: Row[] = [];
  let y = 0;
  const grouped = groups(expected, observed);
  let cronJob = "";
  for (const g of grouped) {
    if (g.cronJob !== cronJob && g.cronJob) y = push(list, { kind: "heading", key: `heading ${g.cronJob}`, text: g.cronJob, y, height: headingHeight });
    cronJob = g.cronJob;
    if (g.job) {
      const { observed: o, expected: e } = g.job;
      const n = e ? expected.jobs.indexOf(e) : -1;
      y = push(list, { kind: "job", key: o ? `job ${o.uid}` : `expected job ${n}`, n, first: list.length === 0, ...g.job, y, height: jobHeight });
    } else if (grouped.length > 1) {
      y = push(list, { kind: "heading", key: "heading", text: noJob, y, height: headingHeight });
    }
    g.pods.forEach((pair, i) => {
      const key = pair.observed ? `pod ${pair.observed.uid}` : `expected ${expected.lanes.indexOf(pair.expected!)}`;
      y = push(list, { kind: "pod", key, n: i + 1, before: g.pods[i - 1], job: g.job, ...pair, y, height: laneHeight });
    });
  }
  if (!list.some((r) => r.kind === "pod")) y += laneHeight;
  return { rows: list, height: y + plotFoot };
}

function push(list: Row[], row: Row): number {
  list.push(row);
  return row.y + row.height;
}

/** What of some rows is between two heights; the first and the one after the last. */
export function between(list: Row[], top: number, bottom: number): [number, number] {
  const first = partition(list.length, (i) => list[i]!.y + list[i]!.height > top);
  return [first, partition(list.length, (i) => list[i]!.y >= bottom)];
}

/** Segments that are drawn as one box: those from first to last. */
export interface Box {
  x: number;
  width: number;
  /** Whether it goes on beside what is shown. */
  cut: boolean;
  first: number;
  last: number;
}

interface Timed {
  from: number;
  to: number | null;
  inferred?: boolean;
}

/** How far beyond the axis is drawn what goes on there. */
export const beyond = { left: 8, right: 12 };

/**
 * Places the segments of one lane that are in range from left to right. A short one
 * keeps its least width and moves those after it, so that none hides another; what
 * would be moved too far from its time for that shares the box of the one before,
 * unless it is the one at alone.
 */
export function boxes(segments: Timed[], end: number, range: Range, width: number, expected: boolean, alone = -1): Box[] {
  const list: Box[] = [];
  let edge = -Infinity;
  const first = partition(segments.length, (i) => (segments[i]!.to ?? Infinity) >= range.from);
  for (let i = first; i < segments.length; i++) {
    const s = segments[i]!;
    const at = place(s.from, range, width);
    if (at > width) break;
    const until = place(s.to ?? Math.max(end, s.from), range, width);
    const least = expected ? leastExpected : s.inferred ? leastInferred : leastObserved;
    const x = Math.max(at, edge);
    const last = list.at(-1);
    if (last && x - at > most && until < x + least && i !== alone && last.last !== alone) {
      last.last = i;
      continue;
    }
    edge = Math.max(until, x + least);
    list.push({ ...within(x, edge, width), first: i, last: i });
  }
  return list;
}

/** What is drawn of a box from x to edge on an axis of a width. */
export function within(x: number, edge: number, width: number): Pick<Box, "x" | "width" | "cut"> {
  const from = Math.max(x, -beyond.left);
  const to = Math.min(edge, width + beyond.right);
  return { x: from, width: Math.max(0, to - from), cut: from > x || to < edge };
}

/** The first of n places from which on a condition holds that holds for all after it. */
export function partition(n: number, holds: (i: number) => boolean): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
