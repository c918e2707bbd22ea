// Draws one frame of the timeline into an SVG.

import { jobLabels, jobSentence, labels, markText, sentence, stepSentence } from "./describe.ts";
import { axisHeight, boxes, rows, type Box, type Row } from "./layout.ts";
import { cutLeft, fitting, textWidth } from "./measure.ts";
import { pairs, type Pair } from "./pairs.ts";
import { place, ticks, type Range } from "./scale.ts";
import { Scene } from "./scene.ts";
import { lookOf, lookOfJob } from "./status.ts";
import type { JobLane, Lane, Mark, MarkKind, View } from "./wire.ts";
import { duration, word } from "./words.ts";

/** What a frame shows. */
export interface Frame {
  expected: View;
  observed: View;
  /** The time now, or at which the run ended; undefined before a run. */
  now: number | undefined;
  live: boolean;
  /** What is observed is the recorded run. */
  recorded: boolean;
  range: Range;
  width: number;
  /** The key of the segment that the keyboard is at. */
  active: string;
  /** The entry that a check diverged at, by its segment's seq. */
  diverged: Map<number, string>;
}

/** A segment that can be walked to. */
export interface Stop {
  key: string;
  lane: number;
  text: string;
  from: number;
  /** The entry that began it; undefined in what is only expected. */
  seq?: number;
}

const fonts = {
  name: "600 12.5px ",
  small: "400 11px ",
  label: "600 11.5px ",
};
let family = "sans-serif";

/** The inner width of the names' column for a drawing of a width. */
export function gutter(width: number): number {
  return width < 560 ? 92 : 176;
}

export class Plot {
  private readonly scene = new Scene();
  stops: Stop[] = [];
  height = 0;
  /** The lanes below which a wait is drawn. */
  private waited = new Set<Lane>();

  constructor(private readonly svg: SVGSVGElement) {
    family = getComputedStyle(svg).fontFamily;
  }

  draw(f: Frame): void {
    const s = this.scene;
    s.begin();
    this.stops = [];
    const left = gutter(f.width);
    const width = Math.max(60, f.width - left - 12);
    const paired = pairs(f.expected, f.observed);
    const jobCount = Math.max(f.expected.jobs.length, f.observed.jobs.length);
    const r = rows(jobCount, paired.length);
    this.height = r.height;
    if (this.svg.getAttribute("height") !== String(r.height)) this.svg.setAttribute("height", String(r.height));

    const clip = s.put("clip", "clipPath", this.defs(), { id: "plot-clip" });
    s.put("clip-rect", "rect", clip, { x: 0, y: 0, width, height: r.height });
    const back = s.put("back", "g", this.svg, { class: "back", transform: `translate(${left} 0)` });
    const names = s.put("names", "g", this.svg, { class: "names" });
    const body = s.put("body", "g", this.svg, { transform: `translate(${left} 0)`, "clip-path": "url(#plot-clip)" });
    const front = s.put("front", "g", this.svg, { class: "front", transform: `translate(${left} 0)` });

    this.axis(back, f, width, r.height);
    this.cursor(back, front, f, width, r.height);
    r.jobs.forEach((row, i) => this.job(body, names, f, row, i, left, width));
    this.waited = new Set();
    this.waits(body, f, r.lanes, width);
    paired.forEach((pair, i) => this.lane(body, names, f, r.lanes[i]!, i, pair, left, width));
    this.steps(body, f, width, r.height);
    s.end();
  }

  private defs(): Element {
    return this.svg.querySelector("defs")!;
  }

  private axis(g: Element, f: Frame, width: number, height: number): void {
    const s = this.scene;
    if (f.now !== undefined) {
      const x = Math.min(width, Math.max(0, place(f.now, f.range, width)));
      s.put("future", "rect", g, { class: "future", x, y: axisHeight - 8, width: width - x, height: height - axisHeight + 8 });
    }
    const cursor = f.now === undefined ? -1000 : place(f.now, f.range, width);
    for (const t of ticks(f.range, width, width < 400 ? 52 : 72)) {
      const x = place(t.t, f.range, width);
      s.put(`grid ${t.t}`, "line", g, { class: "grid", x1: x, x2: x, y1: axisHeight - 8, y2: height - 4 });
      const half = textWidth(t.text, fonts.small + family) / 2;
      const hidden = Math.abs(x - cursor) < half + 34 || x + half > width + 12;
      s.put(`tick ${t.t}`, "text", g, { class: "tick", x, y: axisHeight - 15, "text-anchor": "middle", visibility: hidden ? "hidden" : undefined }, t.text);
    }
  }

  private cursor(back: Element, front: Element, f: Frame, width: number, height: number): void {
    if (f.now === undefined) return;
    const x = place(f.now, f.range, width);
    if (x < -1 || x > width + 1) return;
    const s = this.scene;
    const text = word("seconds", { n: f.now.toFixed(1) });
    const w = textWidth(text, fonts.label + family) + 16;
    const at = Math.min(width + 12 - w, Math.max(0, x - w / 2));
    const c = f.live ? "cursor live" : "cursor";
    s.put("cursor", "line", back, { class: c, x1: x, x2: x, y1: axisHeight - 10, y2: height - 4 });
    s.put("cursor-pill", "rect", front, { class: c, x: at, y: 5, width: w, height: 20, rx: 10 });
    s.put("cursor-text", "text", front, { class: "cursor-text", x: at + w / 2, y: 19, "text-anchor": "middle" }, text);
  }

  private job(body: Element, names: Element, f: Frame, row: Row, i: number, left: number, width: number): void {
    const expected = f.expected.jobs[i];
    const observed = f.observed.jobs[i];
    const s = this.scene;
    const number = f.expected.jobs.length > 1 ? ` ${i + 1}` : "";
    const name = observed ? `Job ${observed.name}` : `Job${number}`;
    const font = fonts.name + family;
    s.put(`job ${i} name`, "text", names, { class: observed ? "name" : "name pale", x: 0, y: row.y + 20 }, cutLeft(name, left - 12, font));
    const newest = observed?.segments.at(-1);
    s.put(`job ${i} sub`, "text", names, { class: "sub", x: 0, y: row.y + 35 }, fitting(newest ? [`${newest.state} ${newest.reason ?? ""}`.trim(), newest.state] : [word("expected")], left - 12, fonts.small + family));
    if (expected) this.jobBar(body, f, expected, `expected job ${i}`, observed ? { y: row.y + 4, height: 6 } : { y: row.y + 12, height: 20 }, width, true, !observed, -1 - i);
    if (observed) this.jobBar(body, f, observed, `job ${i}`, { y: row.y + 13, height: 22 }, width, false, true, -1 - i);
  }

  private jobBar(body: Element, f: Frame, lane: JobLane, key: string, at: Row, width: number, pale: boolean, alone: boolean, stop: number): void {
    const end = this.end(f, pale, jobEnded(lane));
    const placed = boxes(lane.segments, end, f.range, width, pale);
    lane.segments.forEach((seg, i) => {
      const b = placed[i]!;
      const look = lookOfJob(seg.state);
      const k = `${key} ${seg.seq}`;
      const sentence = jobSentence(lane.name, seg, end, pale ? word("expected") : word(f.recorded ? "recordedRun" : "observed"));
      const g = this.segment(k, body, b, at, pale ? "expected" : "observed", look, seg.state, sentence, f, alone);
      if (alone) this.stops.push({ key: k, lane: stop, text: sentence, from: seg.from, ...(pale ? {} : { seq: seg.seq }) });
      if (alone) this.label(`${k} label`, g, jobLabels(seg), b, at, width);
    });
  }

  private lane(body: Element, names: Element, f: Frame, row: Row, i: number, { expected, observed }: Pair, left: number, width: number): void {
    this.laneName(names, row, i, left, expected, observed);
    if (expected) {
      const at = observed ? { y: row.y + 5, height: 8 } : { y: row.y + 14, height: 24 };
      const end = this.end(f, true, ownerEnded(f.expected, expected));
      const placed = boxes(expected.segments, end, f.range, width, true);
      expected.segments.forEach((seg, n) => {
        const b = placed[n]!;
        const k = `expected ${i} ${seg.seq}`;
        const text = sentence({ ...expected, pod: word("podN", { n: i + 1 }) }, seg, end, word("expected"));
        const g = this.segment(k, body, b, at, "expected", lookOf(seg.status), seg.status, text, f, !observed);
        if (!observed) this.stops.push({ key: k, lane: i, text, from: seg.from });
        if (!observed) this.label(`${k} label`, g, labels(seg, n === expected.segments.length - 1, true), b, at, width);
      });
      if (!observed) this.marks(body, f, expected, `expected ${i}`, row, width, true);
    }
    if (!observed) return;
    const at = { y: row.y + 16, height: 24 };
    const end = this.end(f, false, ownerEnded(f.observed, observed));
    const placed = boxes(observed.segments, end, f.range, width, false);
    observed.segments.forEach((seg, n) => {
      const b = placed[n]!;
      const k = `pod ${observed.uid} ${seg.seq}`;
      const text = sentence(observed, seg, end, word(f.recorded ? "recordedRun" : "published"));
      const g = this.segment(k, body, b, at, seg.inferred ? "observed inferred" : "observed", lookOf(seg.status), seg.status, text, f, true, observed.pod);
      this.stops.push({ key: k, lane: i, text, from: seg.from, seq: seg.seq });
      this.label(`${k} label`, g, labels(seg, n === observed.segments.length - 1, !f.live), b, at, width);
      const why = f.diverged.get(seg.seq);
      if (why !== undefined) {
        const flag = this.scene.put(`${k} diverged`, "path", body, { class: "diverged", d: `M${b.x} ${at.y - 3}h${Math.max(10, b.width)}v${at.height + 6}h${-Math.max(10, b.width)}z` });
        this.scene.put(`${k} why`, "title", flag, {}, why);
      }
    });
    this.marks(body, f, observed, `pod ${observed.uid}`, row, width, false);
  }

  /** Up to where the last segment of a lane is drawn, if it has no end. */
  private end(f: Frame, pale: boolean, settled: boolean): number {
    const end = (pale ? f.expected.end : f.now) ?? 0;
    return settled && (pale || !f.live) ? Math.max(end, f.range.to) : end;
  }

  private laneName(names: Element, row: Row, i: number, left: number, expected: Lane | undefined, observed: Lane | undefined): void {
    const s = this.scene;
    const title = observed ? cutLeft(observed.pod, left - 12, fonts.name + family) : word("podN", { n: i + 1 });
    s.put(`lane ${i} name`, "text", names, { class: observed ? "name" : "name pale", x: 0, y: row.y + 25, "data-pod": observed?.pod }, title);
    let sub: string[] = [];
    const newest = observed?.segments.at(-1);
    if (observed && newest) {
      const gone = observed.marks.some((m) => m.kind === "deleted");
      const status = gone ? word("deleted") : newest.status;
      sub = [`${newest.ready} · ${status} · ${newest.restarts}`, `${status} · ${newest.restarts}`, status];
    } else if (expected) {
      const due = expected.segments[0]?.from ?? 0;
      sub = due > 0.5 ? [word("dueAt", { t: duration(due) }), duration(due)] : [word("expected")];
    }
    s.put(`lane ${i} sub`, "text", names, { class: "sub", x: 0, y: row.y + 40 }, fitting(sub, left - 10, fonts.small + family));
  }

  /** One state: its colour, its pattern above it, and its name for those who cannot see. */
  private segment(key: string, parent: Element, b: Box, at: Row, kind: string, look: string, status: string, text: string, f: Frame, walk: boolean, pod?: string): SVGElement {
    const s = this.scene;
    const g = s.put(key, "g", parent, {
      class: `segment ${kind} ${look}`, role: "img", "aria-label": text, "data-status": status, "data-pod": pod, "data-key": key,
      tabindex: walk ? (f.active === key ? 0 : -1) : undefined,
    });
    const gap = b.width > 6 ? 1 : 0;
    const box = { x: b.x, y: at.y, width: Math.max(1, b.width - gap), height: at.height, rx: Math.min(3, b.width / 3) };
    s.put(`${key} fill`, "rect", g, { class: "fill", ...box });
    s.put(`${key} pattern`, "rect", g, { class: "pattern", fill: `url(#p-${look})`, ...box });
    s.put(`${key} title`, "title", g, {}, text);
    return g;
  }

  private label(key: string, g: SVGElement, texts: string[], b: Box, at: Row, width: number): void {
    const from = Math.max(b.x, 0) + 8;
    const room = Math.min(b.x + b.width, width) - from - 6;
    const text = room > 10 ? fitting(texts, room, fonts.label + family) : "";
    if (text) this.scene.put(key, "text", g, { class: "label", x: from, y: at.y + at.height / 2 + 4 }, text);
  }

  /** The waits between a pod's end and the next one's creation by the same owner. */
  private waits(body: Element, f: Frame, lanes: Row[], width: number): void {
    const view = f.observed.lanes.length > 0 ? f.observed : f.expected;
    for (let i = 1; i < view.lanes.length; i++) {
      const before = view.lanes[i - 1]!;
      const next = view.lanes[i]!;
      const end = before.marks.findLast((m) => m.kind === "exit")?.t;
      const start = next.segments[0]?.from;
      if (!next.owner || next.owner !== before.owner || end === undefined || start === undefined || start - end < 0.5) continue;
      this.waited.add(before);
      const x0 = place(end, f.range, width);
      const x1 = place(start, f.range, width);
      const y0 = lanes[i - 1]!.y + 41;
      const y = y0 + 10;
      const y1 = lanes[i]!.y + 14;
      const r = Math.min(6, (x1 - x0) / 2);
      const pale = view === f.expected ? " pale" : "";
      this.scene.put(`wait ${i}`, "path", body, { class: `wait${pale}`, d: `M${x0} ${y0}v${10 - r}q0 ${r} ${r} ${r}H${x1 - r}q${r} 0 ${r} ${r}V${y1}` });
      const text = word("wait", { length: duration(start - end) });
      const w = textWidth(text, fonts.small + family);
      const middle = (Math.max(0, x0) + Math.min(width, x1)) / 2;
      if (x1 - x0 > w + 30) {
        this.scene.put(`wait ${i} back`, "rect", body, { class: "wait-back", x: middle - w / 2 - 5, y: y - 8, width: w + 10, height: 16 });
        this.scene.put(`wait ${i} text`, "text", body, { class: `wait-text${pale}`, x: middle, y: y + 4, "text-anchor": "middle" }, text);
      }
    }
  }

  /** The steps: lines through all lanes, named where there is room. */
  private steps(body: Element, f: Frame, width: number, height: number): void {
    const done = f.observed.marks ?? [];
    const pale = done.length === 0 && f.now === undefined;
    let room = -Infinity;
    for (const m of pale ? f.expected.marks ?? [] : done) {
      const x = place(m.t, f.range, width);
      const k = `step ${m.seq}`;
      const text = stepSentence(m, word(pale ? "expected" : f.recorded ? "recordedRun" : "observed"));
      const g = this.scene.put(k, "g", body, {
        class: `step ${m.kind}${pale ? " pale" : ""}`, role: "img", "aria-label": text, "data-mark": m.kind, "data-step": m.step, "data-key": k, tabindex: f.active === k ? 0 : -1,
      });
      this.scene.put(`${k} title`, "title", g, {}, text);
      this.scene.put(`${k} area`, "rect", g, { class: "area", x: x - 4, y: axisHeight - 8, width: 8, height: height - axisHeight + 4 });
      this.scene.put(`${k} line`, "line", g, { x1: x, x2: x, y1: axisHeight - 8, y2: height - 4 });
      this.stops.push({ key: k, lane: Infinity, text, from: m.t, ...(pale ? {} : { seq: m.seq }) });
      const w = textWidth(m.step, fonts.label + family);
      const at = Math.min(x + 4, width - w);
      if (at > room) {
        this.scene.put(`${k} label`, "text", g, { x: at, y: axisHeight - 2 }, m.step);
        room = at + w + 8;
      }
    }
  }

  private marks(body: Element, f: Frame, lane: Lane, key: string, row: Row, width: number, pale: boolean): void {
    const taken: number[] = [];
    const list = lane.marks.map((m, i) => ({ m, i })).sort((a, b) => rank.indexOf(a.m.kind) - rank.indexOf(b.m.kind));
    for (const { m, i } of list) {
      const x = place(m.t, f.range, width);
      if (x < -8 || x > width + 8 || taken.some((t) => Math.abs(t - x) < 10)) continue;
      if (pale && m.kind !== "deleted" && m.kind !== "restart") continue;
      taken.push(x);
      const k = `${key} mark ${m.seq} ${m.kind} ${i}`;
      const g = this.scene.put(k, "g", body, { class: `mark ${m.kind}${pale ? " pale" : ""}`, "data-mark": m.kind, transform: `translate(${Math.round(x * 10) / 10} ${row.y + 47})` });
      this.scene.put(`${k} title`, "title", g, {}, markText(m));
      this.scene.put(`${k} area`, "rect", g, { class: "area", x: -6, y: -6, width: 12, height: 12 });
      this.scene.put(`${k} shape`, "path", g, { class: "shape", d: shapes[m.kind] });
      const code = m.kind === "exit" ? String(m.exitCode ?? "") : m.kind === "restart" ? m.text : "";
      const clear = code && lane.marks.every((o) => o === m || Math.abs(place(o.t, f.range, width) - x) > 34 || o.t < m.t);
      if (clear && !pale && !this.waited.has(lane)) this.scene.put(`${k} code`, "text", g, { class: "code", x: 7, y: 4 }, code);
    }
  }
}

/** Whether a Job has ended: it and its pods stay as they are. */
function jobEnded(job: JobLane | undefined): boolean {
  const state = job?.segments.at(-1)?.state;
  return state === "Complete" || state === "Failed";
}

function ownerEnded(view: View, lane: Lane): boolean {
  return jobEnded(view.jobs.find((j) => lane.owner === `Job/${j.name}`));
}

/** The marks that win where there is room for one only, the most telling first. */
const rank: MarkKind[] = ["deleted", "gap", "sigterm", "restart", "exit", "created", "started", "scheduled", "pulled"];

const shapes: Record<Mark["kind"], string> = {
  created: "M-3 -3.5L3.5 0L-3 3.5Z",
  scheduled: "M-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0",
  pulled: "M0 -3.5V3M-2.6 0.6L0 3.2L2.6 0.6",
  started: "M0 -4V4",
  exit: "M-3 -3H3V3H-3Z",
  restart: "M2.9 -1.9A3.4 3.4 0 1 0 3.4 .8M3.2 -4.2V-1.6H.6",
  sigterm: "M-3.6 -3H3.6L0 3.4Z",
  deleted: "M-3.2 -3.2L3.2 3.2M3.2 -3.2L-3.2 3.2",
  gap: "M-4 0l2 -3l2 6l2 -6l2 3",
};
