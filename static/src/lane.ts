// One row of the timeline: the life of a pod or of a Job, what was expected above
// what is observed.

import { bar, ring, type Part } from "./bar.ts";
import { jobLabels, jobSentence, labels, sentence } from "./describe.ts";
import type { Frame, Place, Setting } from "./frame.ts";
import { laneHeight, noJob, type JobRow, type PodRow, type Row } from "./layout.ts";
import { drawMarks } from "./marks.ts";
import { cutLeft, fitting, textWidth } from "./measure.ts";
import { place as at } from "./scale.ts";
import { lookOf, lookOfJob } from "./status.ts";
import type { JobLane, Lane } from "./wire.ts";
import { duration, word } from "./words.ts";

interface Heights {
  expected: { y: number; height: number };
  observed: { y: number; height: number };
  /** Where what is only expected is. */
  alone: { y: number; height: number };
}

const wide: Record<"job" | "pod", Heights> = {
  job: { expected: { y: 4, height: 6 }, observed: { y: 13, height: 22 }, alone: { y: 12, height: 20 } },
  pod: { expected: { y: 5, height: 7 }, observed: { y: 15, height: 24 }, alone: { y: 14, height: 24 } },
};
const narrow: Record<"job" | "pod", Heights> = {
  job: { expected: { y: 17, height: 4 }, observed: { y: 23, height: 20 }, alone: { y: 21, height: 20 } },
  pod: { expected: { y: 16, height: 4 }, observed: { y: 22, height: 20 }, alone: { y: 20, height: 20 } },
};
const marksAt = 48;
const waitAt = 55;
/** How far the marks of an end reach, mostly. */
const besideMarks = 60;

/** Whether the newest state of a row goes on, up to now. */
export function goesOn(row: Row): boolean {
  return row.kind !== "heading" && row.observed?.segments.at(-1)?.to === null;
}

/** Draws a row, whose top is at 0. */
export function drawRow(p: Place, set: Setting, row: Row): void {
  p.stretch = undefined;
  switch (row.kind) {
    case "heading":
      return heading(p, set, row.text);
    case "job":
      return job(p, set, row);
    case "pod":
      return pod(p, set, row);
  }
}

/**
 * What a row looks like follows from this, its setting and the time now: while they are
 * the same, the drawing is, too.
 */
export function editionOf(row: Row, f: Frame): string {
  if (row.kind === "heading") return "";
  const parts: unknown[] = [row.expected?.segments.length, f.expected.end, row.observed?.segments.length];
  if (row.kind === "job") return parts.join();
  const last = row.observed?.segments.at(-1);
  parts.push(row.n, row.observed?.marks.length, last?.ready, last?.exitCode, last?.message, ended(row.job?.observed), ended(row.job?.expected));
  if (row.before) parts.push(endBefore(row));
  return parts.join();
}

/** When the pod before ended, after which this one was made. */
function endBefore(row: PodRow): number | undefined {
  const before = row.observed ? row.before!.observed : row.before!.observed ?? row.before!.expected;
  return before?.marks.findLast((m) => m.kind === "exit")?.t;
}

function heading({ scene, names }: Place, set: Setting, text: string): void {
  scene.put("heading", "text", names, { class: "heading", x: 0, y: 19 }, text === noJob ? word("noJob") : text.replace("/", " "));
  scene.put("heading line", "line", names, { class: "group-line", x1: 0, x2: set.left + set.width + 12, y1: 3.5, y2: 3.5 });
}

function job(p: Place, set: Setting, row: JobRow): void {
  const { expected, observed, n } = row;
  const f = set.frame;
  const number = f.expected.jobs.length > 1 ? ` ${n + 1}` : "";
  const newest = observed?.segments.at(-1);
  const name = observed ? `Job ${observed.name}` : expected && number ? `Job ${expected.name}` : "Job";
  title(p, set, name, observed !== undefined, newest ? [`${newest.state} ${newest.reason ?? ""}`.trim(), newest.state] : [word("expected")], 20);
  if (!row.first) p.scene.put("line", "line", p.names, { class: "group-line", x1: 0, x2: set.left + set.width + 12, y1: -1.5, y2: -1.5 });
  p.row.setAttribute("aria-label", name);
  const heights = (set.narrow ? narrow : wide).job;
  if (expected) jobBar(p, set, expected, `expected job ${n}`, observed ? heights.expected : heights.alone, true, !observed);
  if (observed) jobBar(p, set, observed, row.key, heights.observed, false, true);
}

function jobBar(p: Place, set: Setting, lane: JobLane, key: string, where: Heights["expected"], pale: boolean, walk: boolean): void {
  const end = endOf(set.frame, pale, ended(lane));
  const group = groupWord(set.frame, pale);
  const parts = bar(p, set, {
    key, segments: lane.segments, end, ...where, expected: pale, walk,
    look: (s) => lookOfJob(s.state), status: (s) => s.state, labels: jobLabels,
    sentence: (s) => jobSentence(lane.name, s, end, group),
  });
  if (!set.frame.live) p.stretch = undefined;
  diverged(p, set, lane.segments, key, where, parts);
  if (walk) ring(p, set, where, parts);
}

function pod(p: Place, set: Setting, row: PodRow): void {
  const { expected, observed } = row;
  const f = set.frame;
  const heights = (set.narrow ? narrow : wide).pod;
  const name = observed?.pod ?? word("podN", { n: row.n });
  title(p, set, name, observed !== undefined, sub(expected, observed), 26);
  p.row.setAttribute("aria-label", name);
  if (row.before) wait(p, set, row, heights.observed.y);
  if (expected) {
    const where = observed ? heights.expected : heights.alone;
    const lane = { ...expected, pod: word("podN", { n: row.n }) };
    const key = `expected ${f.expected.lanes.indexOf(expected)}`;
    const parts = podBar(p, set, lane, key, where, true, !observed, ended(row.job?.expected));
    if (!observed) ring(p, set, where, parts);
    if (!observed) drawMarks(p, set, expected, key, marksAt, where.y + where.height, true);
  }
  if (!observed) return;
  const where = heights.observed;
  const parts = podBar(p, set, observed, row.key, where, false, true, ended(row.job?.observed));
  if (!f.live) p.stretch = undefined;
  gone(p, set, observed, where);
  diverged(p, set, observed.segments, row.key, where, parts);
  ring(p, set, where, parts);
  drawMarks(p, set, observed, row.key, marksAt, where.y + where.height, false);
}

function podBar(p: Place, set: Setting, lane: Lane, key: string, where: Heights["expected"], pale: boolean, walk: boolean, settled: boolean): Part[] {
  const f = set.frame;
  const end = endOf(f, pale, settled);
  const group = pale ? word("expected") : word(f.recorded ? "recordedRun" : "published");
  return bar(p, set, {
    key, segments: lane.segments, end, ...where, expected: pale, walk, ...(pale ? {} : { pod: lane.pod }),
    look: (s) => lookOf(s.status), status: (s) => s.status,
    labels: (s, last) => labels(s, last, pale || !f.live), sentence: (s) => sentence(lane, s, end, group),
  });
}

/** The name of a row and what is to be known at a glance, beside the bars or above them. */
function title({ scene, names }: Place, set: Setting, name: string, observed: boolean, sub: string[], y: number): void {
  const { fonts } = set;
  const kind = name.startsWith("Job ") ? "Job " : "";
  const cut = (room: number): string => kind + cutLeft(name.slice(kind.length), room - textWidth(kind, fonts.name), fonts.name);
  const style = observed ? "name" : "name pale";
  if (set.narrow) {
    const text = cut(set.width * 0.7);
    const from = textWidth(text, fonts.name) + 8;
    scene.put("name", "text", names, { class: style, x: 0, y: 11 }, text);
    scene.put("sub", "text", names, { class: "sub", x: from, y: 11 }, fitting(sub, set.width - from, fonts.small));
    return;
  }
  scene.put("name", "text", names, { class: style, x: 0, y }, cut(set.left - 12));
  scene.put("sub", "text", names, { class: "sub", x: 0, y: y + 15 }, fitting(sub, set.left - 10, fonts.small));
}

function sub(expected: Lane | undefined, observed: Lane | undefined): string[] {
  const newest = observed?.segments.at(-1);
  if (observed && newest) {
    const status = observed.marks.at(-1)?.kind === "deleted" ? word("deleted") : newest.status;
    const short = [`${newest.ready} · ${status} · ${newest.restarts}`, `${status} · ${newest.restarts}`, status];
    if (observed.index === null) return short;
    const index = word("index", { n: observed.index });
    return [`${index} · ${short[0]}`, `${index} · ${status}`, ...short];
  }
  const due = expected?.segments[0]?.from ?? 0;
  return due > 0.5 ? [word("dueAt", { t: duration(due) }), duration(due)] : [word("expected")];
}

/** How the lane of a deleted pod ends. */
function gone({ scene, body }: Place, set: Setting, lane: Lane, { y, height }: Heights["expected"]): void {
  const mark = lane.marks.findLast((m) => m.kind === "deleted");
  if (!mark) return;
  const x = at(mark.t, set.frame.range, set.width);
  if (x < 0 || x > set.width) return;
  scene.put("gone", "path", body, { class: "gone", d: `M${x.toFixed(1)} ${y - 4}v${height + 8}` });
  const text = word("deleted");
  if (x + 10 + textWidth(text, set.fonts.small) < set.width) scene.put("gone text", "text", body, { class: "gone-text", x: x + 7, y: y + height / 2 + 4 }, text);
}

/** The states at which checks diverged are framed; what the first of all is about is written above it. */
function diverged(p: Place, set: Setting, segments: { seq: number }[], key: string, { y, height }: Heights["expected"], parts: Part[]): void {
  const { diverged } = set.frame;
  const { scene, body } = p;
  if (diverged.size === 0) return;
  const first = diverged.keys().next().value;
  for (const { box, key: part } of parts) {
    const seq = segments.slice(box.first, box.last + 1).find((s) => diverged.has(s.seq))?.seq;
    if (seq === undefined) continue;
    p.stretch = undefined;
    const why = diverged.get(seq)!;
    const width = Math.max(10, box.width);
    const frame = scene.put(`${part} diverged`, "path", body, { class: "diverged", d: `M${box.x - 1} ${y - 3}h${width + 1}v${height + 6}h${-width - 1}z` });
    scene.put(`${part} why`, "title", frame, {}, why);
    if (seq !== first) continue;
    const text = fitting([`≠ ${why}`, `≠ ${word("firstDivergence")}`, "≠"], set.narrow ? set.width * 0.55 : set.width - 16, set.fonts.label);
    const w = textWidth(text, set.fonts.label) + 12;
    // Where names stand above the lane, at its left, it is at the right.
    const x = set.narrow ? set.width - w : Math.max(0, Math.min(box.x - 1, set.width - w));
    const top = Math.max(0, y - 16);
    scene.put(`${key} flag`, "rect", body, { class: "flag", x, y: top, width: w, height: 16, rx: 4, "data-first-divergence": seq });
    scene.put(`${key} flag text`, "text", body, { class: "flag-text", x: x + 6, y: top + 12 }, text);
  }
}

/** The wait between a pod's end and the creation of the next one by the same owner. */
function wait({ scene, under }: Place, set: Setting, row: PodRow, bar: number): void {
  const next = row.observed ?? row.expected;
  const end = endBefore(row);
  const start = next?.segments[0]?.from;
  if (!next?.owner || end === undefined || start === undefined || start - end < 0.5) return;
  const { range } = set.frame;
  const x0 = at(end, range, set.width);
  const x1 = at(start, range, set.width);
  if (x1 < 0 || x0 > set.width) return;
  const y = waitAt - laneHeight;
  const y0 = bar + (set.narrow ? 20 : 24) - laneHeight;
  const r = Math.min(6, (x1 - x0) / 2);
  const pale = row.observed ? "" : " pale";
  const line = scene.put("wait", "path", under, { class: `wait${pale}`, d: `M${x0} ${y0}V${y - r}q0 ${r} ${r} ${r}H${x1 - r}q${r} 0 ${r} ${r}V${bar}` });
  const text = word("wait", { length: duration(start - end) });
  scene.put("wait title", "title", line, {}, text);
  const w = textWidth(text, set.fonts.small);
  // Beside the marks of the end, which are to its right.
  const from = Math.max(0, x0 + besideMarks);
  const to = Math.min(set.width, x1);
  if (to - from < w + 8) return;
  const middle = (from + to) / 2;
  scene.put("wait back", "rect", under, { class: "wait-back", x: middle - w / 2 - 5, y: y - 8, width: w + 10, height: 16 });
  scene.put("wait text", "text", under, { class: `wait-text${pale}`, x: middle, y: y + 4, "text-anchor": "middle" }, text);
}

/** Up to where the last segment of a lane is drawn, if it has no end. */
function endOf(f: Frame, pale: boolean, settled: boolean): number {
  const end = (pale ? f.expected.end : f.now) ?? 0;
  return settled && (pale || !f.live) ? Math.max(end, f.range.to) : end;
}

function groupWord(f: Frame, pale: boolean): string {
  return pale ? word("expected") : word(f.recorded ? "recordedRun" : "observed");
}

/** Whether a Job has ended: it and its pods stay as they are. */
function ended(job: JobLane | undefined): boolean {
  const state = job?.segments.at(-1)?.state;
  return state === "Complete" || state === "Failed";
}
