// The marks below a lane: the moments of a pod. Where many fall together they are
// set side by side in their order, and what has no room is counted.

import { markText } from "./describe.ts";
import type { Place, Setting } from "./frame.ts";
import { partition } from "./layout.ts";
import { textWidth } from "./measure.ts";
import { place as at } from "./scale.ts";
import type { Lane, Mark, MarkKind } from "./wire.ts";

/**
 * The shape of each kind, from its middle on. They are moved by a point before them,
 * not by a transform, each of which would be a layer to paint.
 */
export const shapes: Record<MarkKind, string> = {
  created: "m0 -4v8m-4 -4h8",
  scheduled: "m-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0m3 0a.6 .6 0 1 0 1.2 0a.6 .6 0 1 0 -1.2 0",
  pulled: "m0 -4v5.6m-2.6 -2.5l2.6 2.7l2.6 -2.7m-6.2 4.9h7.2",
  started: "m-2.8 -3.8l6.8 3.8l-6.8 3.8z",
  exit: "m-3.4 -3.4h6.8v6.8h-6.8z",
  restart: "m3.1 -2.1a3.7 3.7 0 1 0 .6 3m-.2 -5.5v2.8h-2.8",
  sigterm: "m-4 -3.4h8l-4 7.2z",
  deleted: "m-3.4 -3.4l6.8 6.8m0 -6.8l-6.8 6.8",
  gap: "m-4.5 0l2.2 -3.4l2.2 6.8l2.2 -6.8l2.2 3.4",
};

/** The kinds that stay where there is no room for all, the most telling first. */
export const kinds: MarkKind[] = ["deleted", "gap", "sigterm", "exit", "restart", "started", "created", "scheduled", "pulled"];

const glyph = 12;
/** Marks of so many pixels are set side by side. */
const near = 24;
/** How far marks may reach into the place of the next ones. */
const reach = 30;

interface Item {
  m: Mark;
  key: string;
  x: number;
  text: string;
  width: number;
}

/** Draws the marks of a lane in a line whose middle is y, below a bar that ends at edge. */
export function drawMarks(p: Place, set: Setting, lane: Lane, key: string, y: number, edge: number, pale: boolean): void {
  const clusters = gather(items(set, lane, key, pale));
  let free = -Infinity;
  let ticks = "";
  clusters.forEach((list, i) => {
    let x = Math.max(list[0]!.x, free);
    const next = clusters[i + 1]?.[0]!.x ?? set.width + near;
    const { shown, hidden } = choose(list, Math.max(glyph, next - x + (i + 1 < clusters.length ? reach : 0)));
    const wide = sum(shown) + (hidden.length > 0 ? chip : 0);
    x = Math.max(Math.min(x, set.width + glyph - wide), Math.min(x, free));
    for (const item of shown) {
      const at = x;
      p.scene.keep(item.key, [x, y, pale].join(), () => glyphOf(p, item, at, y, pale));
      ticks += `M${item.x.toFixed(1)} ${edge}v3`;
      x += item.width;
    }
    if (hidden.length > 0) x += more(p, set, hidden, x, y);
    free = x;
  });
  if (ticks) p.scene.put(`${key} ticks`, "path", p.body, { class: "mark-ticks", d: ticks });
}

/** The marks in range, in order. */
function items(set: Setting, lane: Lane, key: string, pale: boolean): Item[] {
  const { range } = set.frame;
  const list: Item[] = [];
  const margin = ((range.to - range.from) / set.width) * 8;
  for (let i = partition(lane.marks.length, (i) => lane.marks[i]!.t >= range.from - margin); i < lane.marks.length; i++) {
    const m = lane.marks[i]!;
    if (m.t > range.to + margin) break;
    if (pale && m.kind !== "deleted" && m.kind !== "restart") continue;
    const text = m.kind === "exit" ? String(m.exitCode ?? "") : m.kind === "restart" ? m.text : "";
    list.push({ m, key: `${key} mark ${m.seq} ${m.kind} ${i}`, x: at(m.t, range, set.width), text, width: glyph + (text ? textWidth(text, set.fonts.small) + 4 : 0) });
  }
  return list;
}

function gather(list: Item[]): Item[][] {
  const clusters: Item[][] = [];
  for (const item of list) {
    const last = clusters.at(-1);
    if (last && item.x - last[0]!.x < near) last.push(item);
    else clusters.push([item]);
  }
  return clusters;
}

const chip = 22;

/** Those that have room, in their order, and those that have not. */
function choose(list: Item[], room: number): { shown: Item[]; hidden: Item[] } {
  if (sum(list) <= room || list.length === 1) return { shown: list, hidden: [] };
  const ranked = [...list].sort((a, b) => kinds.indexOf(a.m.kind) - kinds.indexOf(b.m.kind));
  const kept = new Set<Item>();
  let left = room - chip;
  for (const item of ranked) {
    if (item.width > left) break;
    left -= item.width;
    kept.add(item);
  }
  return { shown: list.filter((i) => kept.has(i)), hidden: list.filter((i) => !kept.has(i)) };
}

function sum(list: Item[]): number {
  return list.reduce((n, i) => n + i.width, 0);
}

function glyphOf({ scene, body }: Place, { m, key, text }: Item, x: number, y: number, pale: boolean): void {
  const said = markText(m);
  const failed = m.kind === "exit" && m.exitCode !== 0 ? " failed" : "";
  const g = scene.put(key, "g", body, {
    class: `mark ${m.kind}${failed}${pale ? " pale" : ""}`, role: "img", "aria-label": said, "data-mark": m.kind,
  });
  const middle = x + 0.5;
  scene.put(`${key} title`, "title", g, {}, said);
  scene.put(`${key} area`, "rect", g, { class: "area", x: middle - 6, y: y - 7, width: glyph, height: 14 });
  scene.put(`${key} shape`, "path", g, { class: "shape", d: `M${middle.toFixed(1)} ${y}${shapes[m.kind]}` });
  if (text) scene.put(`${key} code`, "text", g, { class: "code", x: middle + 6.5, y: y + 4 }, text);
}

/** Draws how many marks have no room, and returns how wide that is. */
function more({ scene, body }: Place, set: Setting, hidden: Item[], x: number, y: number): number {
  const key = `${hidden[0]!.key} more`;
  const text = `+${hidden.length}`;
  const said = hidden.length > 12 ? [...hidden.slice(0, 12).map((i) => markText(i.m)), "…"].join("\n") : hidden.map((i) => markText(i.m)).join("\n");
  const width = textWidth(text, set.fonts.small) + 6;
  const g = scene.put(key, "g", body, { class: "mark more", role: "img", "aria-label": said, "data-mark": "more", "data-count": hidden.length });
  scene.put(`${key} title`, "title", g, {}, said);
  scene.put(`${key} area`, "rect", g, { class: "chip", x: x - 5, y: y - 6.5, width, height: 13, rx: 6.5 });
  scene.put(`${key} count`, "text", g, { class: "code", x: x - 2, y: y + 4 }, text);
  return width + 4;
}
