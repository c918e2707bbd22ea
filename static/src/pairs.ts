// Which expected lane belongs to which observed one.

import type { Lane, View } from "./wire.ts";

export interface Pair {
  expected: Lane | undefined;
  observed: Lane | undefined;
}

/**
 * Pairs the n-th pod of each Job, and the n-th bare pod, with the n-th expected
 * one: names differ from run to run, and which of two owners' pods is created
 * first may do so too. The observed lanes come first, in creation order, then
 * what is still expected.
 */
export function pairs(expected: View, observed: View): Pair[] {
  const left = new Map<string, Lane[]>();
  for (const lane of expected.lanes) {
    const owner = ownerOf(lane, expected);
    left.set(owner, [...(left.get(owner) ?? []), lane]);
  }
  const list: Pair[] = observed.lanes.map((lane) => ({ observed: lane, expected: left.get(ownerOf(lane, observed))?.shift() }));
  const taken = new Set(list.map((p) => p.expected));
  for (const lane of expected.lanes) {
    if (!taken.has(lane)) list.push({ observed: undefined, expected: lane });
  }
  return list;
}

/** The place of a lane's Job among the Jobs; "" for a bare pod. */
function ownerOf(lane: Lane, view: View): string {
  return lane.owner && String(view.jobs.findIndex((j) => lane.owner === `Job/${j.name}`));
}
