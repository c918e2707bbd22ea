// What there is to draw, top to bottom: the pods of each Job below it, the Jobs of
// each CronJob below its name, and what is expected beside what is observed.

import type { JobLane, Lane, View } from "./wire.ts";

/** What was expected and what came, of one thing. */
export interface Pair<T> {
  expected: T | undefined;
  observed: T | undefined;
}

/** A Job, or no Job, and its pods in the order of creation. */
export interface Group {
  /** Undefined for pods that no Job owns. */
  job: Pair<JobLane> | undefined;
  /** "CronJob/name", or empty. */
  cronJob: string;
  pods: Pair<Lane>[];
}

/**
 * Groups the lanes of two views. Jobs are paired by name, or else by their place
 * among those of the same CronJob, whose names tell the time; the n-th pod of a Job
 * with the n-th expected one, since names differ from run to run. What is still only
 * expected comes after what is observed.
 */
export function groups(expected: View, observed: View): Group[] {
  const jobs = pairJobs(expected.jobs, observed.jobs);
  const list: Group[] = jobs.map((job) => ({ job, cronJob: cronJobOf(job), pods: [] }));
  list.sort(byCronJob(list));
  const bare: Group = { job: undefined, cronJob: "", pods: [] };
  const byName = new Map<string, Group>();
  for (const g of list) {
    if (g.job!.expected) byName.set(`expected Job/${g.job!.expected.name}`, g);
    if (g.job!.observed) byName.set(`observed Job/${g.job!.observed.name}`, g);
  }
  for (const lane of observed.lanes) (byName.get(`observed ${lane.owner}`) ?? bare).pods.push({ expected: undefined, observed: lane });
  const filled = new Map<Group, number>();
  for (const lane of expected.lanes) {
    const g = byName.get(`expected ${lane.owner}`) ?? bare;
    const n = filled.get(g) ?? 0;
    filled.set(g, n + 1);
    const pair = g.pods[n];
    if (pair?.observed) pair.expected = lane;
    else g.pods.push({ expected: lane, observed: undefined });
  }
  if (bare.pods.length > 0) list.push(bare);
  return list;
}

function pairJobs(expected: JobLane[], observed: JobLane[]): Pair<JobLane>[] {
  const left = [...expected];
  const take = (fits: (j: JobLane) => boolean): JobLane | undefined => {
    const i = left.findIndex(fits);
    return i < 0 ? undefined : left.splice(i, 1)[0];
  };
  const list = observed.map((o): Pair<JobLane> => ({ observed: o, expected: take((e) => e.name === o.name) }));
  for (const p of list) p.expected ??= take((e) => e.owner === p.observed!.owner && !observed.some((o) => o.name === e.name));
  return [...list, ...left.map((e) => ({ expected: e, observed: undefined }))];
}

function cronJobOf({ expected, observed }: Pair<JobLane>): string {
  return (observed ?? expected)?.owner ?? "";
}

/** Keeps the Jobs of a CronJob together, where the first of them is. */
function byCronJob(list: Group[]): (a: Group, b: Group) => number {
  const places = new Map<Group, number>();
  const first = new Map<string, number>();
  list.forEach((g, i) => {
    if (g.cronJob && !first.has(g.cronJob)) first.set(g.cronJob, i);
    places.set(g, g.cronJob ? first.get(g.cronJob)! : i);
  });
  return (a, b) => places.get(a)! - places.get(b)!;
}
