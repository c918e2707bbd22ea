// The axis of time: its ticks and lines, the cursor, and the reader's steps.

import { stepSentence } from "./describe.ts";
import { axisHeight } from "./layout.ts";
import { coarse, type Setting } from "./frame.ts";
import { textWidth } from "./measure.ts";
import { place, ticks } from "./scale.ts";
import type { Scene } from "./scene.ts";
import { duration, word } from "./words.ts";

/** The ground behind the rows, and the head above them. */
export interface Ground {
  scene: Scene;
  head: Element;
  /** Behind and before the rows. */
  back: Element;
  front: Element;
  /** How high the rows are together. */
  height: number;
}

export function drawAxis(g: Ground, set: Setting): void {
  const { frame, width } = set;
  const { range, now, live } = frame;
  // Whole halves of pixels: the lines through all rows are not drawn anew for less.
  const cursor = now === undefined ? -1000 : Math.round(place(now, range, width) * 2) / 2;
  const text = now === undefined ? "" : range.to - range.from <= coarse ? word("seconds", { n: now.toFixed(1) }) : duration(Math.floor(now));
  const stamp = [range.from, range.to, width, set.left, g.height, cursor, text, live].join();
  g.scene.keep("axis", stamp, () => drawTime(g, set, cursor, text));
}

function drawTime(g: Ground, set: Setting, cursor: number, text: string): void {
  const { frame, width } = set;
  const { scene } = g;
  if (frame.now !== undefined) {
    const x = Math.min(width, Math.max(0, cursor));
    scene.put("future", "rect", g.back, { class: "future", x, y: 0, width: width - x, height: g.height });
  }
  const shown = frame.now !== undefined && cursor >= -1 && cursor <= width + 1;
  const pill = shown ? drawCursor(g, set, text, cursor) : undefined;
  for (const t of ticks(frame.range, width, width < 400 ? 52 : 72)) {
    const x = place(t.t, frame.range, width);
    scene.put(`grid ${t.t}`, "line", g.back, { class: "grid", x1: x, x2: x, y1: 0, y2: g.height - 4 });
    scene.put(`notch ${t.t}`, "line", g.head, { class: "grid", x1: x, x2: x, y1: axisHeight - 8, y2: axisHeight });
    const half = textWidth(t.text, set.fonts.small) / 2;
    const at = set.left === 0 ? Math.max(half, x) : x;
    const covered = pill !== undefined && at + half + 5 > pill.from && at - half - 5 < pill.to;
    scene.put(`tick ${t.t}`, "text", g.head, {
      class: "tick", x: at, y: axisHeight - 15, "text-anchor": "middle", visibility: covered || x + half > width + 12 ? "hidden" : undefined,
    }, t.text);
  }
}

/** Draws where the time is, and returns what of the axis its text covers. */
function drawCursor(g: Ground, set: Setting, text: string, x: number): { from: number; to: number } {
  const { scene } = g;
  const w = textWidth(text, set.fonts.label) + 16;
  const at = Math.min(set.width + 12 - w, Math.max(0, x - w / 2));
  const c = set.frame.live ? "cursor live" : "cursor";
  scene.put("cursor", "line", g.back, { class: c, x1: x, x2: x, y1: 0, y2: g.height - 4 });
  scene.put("cursor-notch", "line", g.head, { class: c, x1: x, x2: x, y1: axisHeight - 10, y2: axisHeight });
  scene.put("cursor-pill", "rect", g.head, { class: c, x: at, y: 5, width: w, height: 20, rx: 10 });
  scene.put("cursor-text", "text", g.head, { class: "cursor-text", x: at + w / 2, y: 19, "text-anchor": "middle" }, text);
  return { from: at, to: at + w };
}

/** The steps: lines through all lanes, named where there is room. */
export function drawSteps(g: Ground, set: Setting): void {
  const { frame, width } = set;
  const done = frame.observed.marks ?? [];
  const pale = done.length === 0 && frame.now === undefined;
  let room = -Infinity;
  for (const m of pale ? frame.expected.marks ?? [] : done) {
    const x = place(m.t, frame.range, width);
    const key = `step ${m.seq}`;
    if ((x < -4 || x > width + 4) && frame.active !== key) continue;
    const text = stepSentence(m, word(pale ? "expected" : frame.recorded ? "recordedRun" : "observed"));
    const kind = `step ${m.kind}${pale ? " pale" : ""}`;
    const mark = g.scene.put(key, "g", g.front, {
      class: kind, role: pale ? "img" : "button", "aria-label": text, "data-mark": m.kind, "data-step": m.step, "data-key": key,
      tabindex: frame.active === key ? 0 : -1,
    });
    g.scene.put(`${key} title`, "title", mark, {}, text);
    g.scene.put(`${key} area`, "rect", mark, { class: "area", x: x - 4, y: 0, width: 8, height: g.height - 4 });
    g.scene.put(`${key} line`, "line", mark, { x1: x, x2: x, y1: 0, y2: g.height - 4 });
    const w = textWidth(m.step, set.fonts.label);
    const at = Math.min(x + 4, width - w);
    const head = g.scene.put(`${key} head`, "g", g.head, { class: kind });
    g.scene.put(`${key} notch`, "line", head, { x1: x, x2: x, y1: axisHeight - 8, y2: axisHeight });
    if (at > room) {
      g.scene.put(`${key} label`, "text", head, { x: at, y: axisHeight - 2 }, m.step);
      room = at + w + 8;
    }
  }
}
