// Where things are in the drawing. Heights are CSS pixels, the same as in
// web/view/bench.go, so that nothing moves when the script draws.

import { place, type Range } from "./scale.ts";

export const axisHeight = 34;
export const jobHeight = 48;
export const laneHeight = 58;
export const plotFoot = 10;

/** How narrow a state may be drawn: it must be seen however short it was. */
const leastObserved = 4;
const leastInferred = 7;
const leastExpected = 2;

export interface Box {
  x: number;
  width: number;
}

/**
 * Places the segments of one lane from left to right. A short one keeps its least
 * width and moves those after it, so that none hides another.
 */
export function boxes(
  segments: { from: number; to: number | null; inferred?: boolean }[],
  end: number, range: Range, width: number, expected: boolean,
): Box[] {
  const list: Box[] = [];
  let edge = -Infinity;
  for (const s of segments) {
    const x = Math.max(place(s.from, range, width), edge);
    const least = expected ? leastExpected : s.inferred ? leastInferred : leastObserved;
    const right = Math.max(place(s.to ?? Math.max(end, s.from), range, width), x + least);
    list.push({ x, width: right - x });
    edge = right;
  }
  return list;
}

export interface Row {
  y: number;
  height: number;
}

/** The rows of Jobs, then of pods. */
export function rows(jobs: number, lanes: number): { jobs: Row[]; lanes: Row[]; height: number } {
  let y = axisHeight;
  const next = (height: number): Row => {
    const row = { y, height };
    y += height;
    return row;
  };
  const j = Array.from({ length: jobs }, () => next(jobHeight));
  const l = Array.from({ length: Math.max(1, lanes) }, () => next(laneHeight));
  return { jobs: j, lanes: l, height: y + plotFoot };
}
