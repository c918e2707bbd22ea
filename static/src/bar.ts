// The segments of one lane: boxes with colour, pattern and text, and a name for
// those who cannot see them.

import type { Place, Setting } from "./frame.ts";
import { beyond, boxes, within, type Box } from "./layout.ts";
import { patterned } from "./legend.ts";
import { fitting } from "./measure.ts";
import { place as at } from "./scale.ts";
import type { Look } from "./status.ts";
import { duration, word } from "./words.ts";

interface Timed {
  from: number;
  to: number | null;
  seq: number;
  inferred?: boolean;
}

/** How the segments of a lane are drawn. */
export interface Bar<S extends Timed> {
  key: string;
  segments: S[];
  /** Up to where one without an end is drawn. */
  end: number;
  y: number;
  height: number;
  expected: boolean;
  /** Whether the keyboard walks them. Those that were observed can be explained. */
  walk: boolean;
  pod?: string;
  look(s: S): Look;
  status(s: S): string;
  sentence(s: S): string;
  /** What may be written into it, the fullest first. */
  labels(s: S, last: boolean): string[];
}

/** The looks that win where several states share a box, the most telling first. */
const telling: Look[] = ["error", "backoff", "terminating", "unknown", "running", "completed", "job", "creating", "pending"];

/** The part of a bar in which a segment is. */
export interface Part {
  box: Box;
  key: string;
}

/** Draws a bar, and returns its parts. */
export function bar<S extends Timed>(place: Place, set: Setting, b: Bar<S>): Part[] {
  const { frame } = set;
  const active = frame.active.startsWith(`${b.key} `) ? Number(frame.active.slice(b.key.length + 1)) : -1;
  const alone = active < 0 ? -1 : b.segments.findIndex((s) => s.seq === active);
  const placed = boxes(b.segments, b.end, frame.range, set.width, b.expected, alone);
  if (alone >= 0 && !placed.some((box) => box.first === alone)) placed.push(outside(b.segments[alone]!, alone, set));
  const last = placed.at(-1);
  if (last && last.first === b.segments.length - 1 && b.segments[last.first]!.to === null && !b.expected) {
    place.stretch = (next) => {
      const now = at(next.frame.now ?? b.end, next.frame.range, next.width);
      const { width, cut } = within(last.x, Math.max(last.x + last.width, now), next.width);
      last.width = width;
      last.cut ||= cut;
      single(place, next, b, last);
    };
  }
  // A state that is over, of something that was observed, stays as it is.
  const setting = [set.width, frame.live, frame.recorded, b.y].join();
  return placed.map((box) => {
    const key = `${b.key} ${b.segments[box.first]!.seq}`;
    const over = !b.expected && b.segments[box.last]!.to !== null;
    const stamp = over ? [setting, box.x, box.width, box.cut, box.last, box.last === b.segments.length - 1, frame.active === key].join() : undefined;
    place.scene.keep(key, stamp, () => (box.first === box.last ? single : merged)(place, set, b, box));
    return { box, key };
  });
}

function single<S extends Timed>(place: Place, set: Setting, b: Bar<S>, box: Box): void {
  const s = b.segments[box.first]!;
  segment(place, set, b, box, b.look(s), b.status(s), b.sentence(s), b.labels(s, box.first === b.segments.length - 1), s.inferred === true);
}

/** The state that the keyboard is at, beside the range: it has its place at the edge. */
function outside(s: Timed, i: number, set: Setting): Box {
  return { x: s.from < set.frame.range.from ? -beyond.left : set.width + beyond.right - 10, width: 10, cut: true, first: i, last: i };
}

function merged<S extends Timed>(place: Place, set: Setting, b: Bar<S>, box: Box): void {
  const states = b.segments.slice(box.first, box.last + 1);
  const look = telling.find((l) => states.some((s) => b.look(s) === l)) ?? "unknown";
  const most = states.find((s) => b.look(s) === look)!;
  const from = states[0]!.from;
  const to = states.at(-1)!.to ?? b.end;
  const names = [...new Set(states.map((s) => b.status(s)))];
  const text = word("merged", { n: states.length, from: duration(from), to: duration(to), states: names.join(", ") });
  const g = segment(place, set, b, box, look, b.status(most), text, [`×${states.length}`], false);
  g.setAttribute("data-merged", String(states.length));
}

function segment<S extends Timed>(
  place: Place, set: Setting, b: Bar<S>, box: Box, look: Look, status: string, text: string, labels: string[], inferred: boolean,
): SVGElement {
  const { scene, body } = place;
  const key = `${b.key} ${b.segments[box.first]!.seq}`;
  const active = set.frame.active === key;
  const kind = b.expected ? "expected" : inferred ? "observed inferred" : "observed";
  const g = scene.put(key, "g", body, {
    class: `segment ${kind} ${look}`, role: b.walk && !b.expected ? "button" : "img", "aria-label": text,
    "data-status": status, "data-pod": b.pod, "data-key": key, tabindex: b.walk ? (active ? 0 : -1) : undefined,
  });
  // A line of the surface parts neighbours, whose colours may be alike.
  const shape = { x: box.x, y: b.y, width: Math.max(1.5, box.width - 1), height: b.height, rx: box.cut ? 0 : Math.min(3, box.width / 3) };
  scene.put(`${key} fill`, "rect", g, { class: "fill", ...shape });
  if (b.height > 10 && patterned(look)) scene.put(`${key} pattern`, "rect", g, { class: "pattern", fill: `url(#${set.patterns}${look})`, ...shape });
  scene.put(`${key} title`, "title", g, {}, text);
  if (b.height > 10) {
    const from = Math.max(box.x, 0) + (box.width < 40 ? 4 : 8);
    const room = Math.min(box.x + box.width, set.width) - from - 4;
    const label = room > 10 ? fitting(labels, room, set.fonts.label) : "";
    // Beside the state, whose name says the same with more words and in another order.
    if (label) scene.put(`${key} label`, "text", body, { class: `label ${kind}`, "aria-hidden": "true", x: from, y: b.y + b.height / 2 + 4 }, label);
  }
  return g;
}

/** The ring around the state that the keyboard is at; it is seen while that has focus. */
export function ring(place: Place, set: Setting, b: { y: number; height: number }, parts: Part[]): void {
  const part = parts.find((p) => p.key === set.frame.active);
  if (!part) return;
  place.stretch = undefined;
  const { scene, body } = place;
  const shape = { x: part.box.x - 2.5, y: b.y - 2.5, width: Math.max(3, part.box.width - 1) + 5, height: b.height + 5, rx: 5 };
  scene.put("ring back", "rect", body, { class: "ring back", ...shape });
  scene.put("ring", "rect", body, { class: "ring", ...shape });
}
