// Draws frames of the timeline: the rows that are in view, each anew only when it has
// changed.

import { drawAxis, drawSteps } from "./axis.ts";
import { svg } from "./elements.ts";
import { setting, type Frame, type Place, type Setting } from "./frame.ts";
import { drawRow, editionOf, goesOn } from "./lane.ts";
import { axisHeight, between, beyond, rows, type Row } from "./layout.ts";
import { patterns } from "./legend.ts";
import { place } from "./scale.ts";
import { Scene } from "./scene.ts";
import type { Lane, View } from "./wire.ts";

export type { Frame } from "./frame.ts";

/** How much beside what is in view is drawn, so that scrolling does not uncover what is not. */
const beside = 120;

interface Drawn extends Place {
  row: SVGElement;
  /** What it was drawn from. */
  stamp: string;
  /** The time now, up to which it is drawn, in halves of pixels; -1 if it does not depend on it. */
  now: number;
  y: number;
  left: number;
}

let plots = 0;

/**
 * Plot draws the axis and the rows, each into an element of its own, so that the axis
 * can stay while the rows scroll. In a page the rows' element holds an SVG for the ground
 * and gets one for each row: what changes in a row is styled, laid out and painted
 * without the others. Rows that are an SVG themselves, to be printed or kept as a file,
 * need not be in a document.
 */
export class Plot {
  /** What there is to draw, whether it is in view or not. */
  rows: Row[] = [];
  /** The height of the whole drawing with its axis. */
  height = 0;
  /** The patterns' ids begin with it. */
  readonly patterns = `p${++plots}-`;
  private readonly scene = new Scene();
  private readonly drawn = new Map<string, Drawn>();
  private readonly family: string;
  /** The SVG behind the rows, and that before them; both are the rows' own if that is an SVG. */
  private readonly ground: SVGSVGElement;
  private readonly front: SVGSVGElement;
  private readonly flat: boolean;
  /** What the rows were found from. */
  private from: { expected: View; lanes: Lane[]; jobs: number; owners: string[] } | undefined;

  constructor(root: HTMLElement | SVGSVGElement, private readonly axis: SVGSVGElement) {
    this.family = getComputedStyle(root).fontFamily || getComputedStyle(document.body).fontFamily;
    this.flat = root instanceof SVGSVGElement;
    this.ground = root instanceof SVGSVGElement ? root : root.querySelector("svg.ground")!;
    patterns(this.ground, this.patterns);
    this.front = this.flat ? this.ground : svg("svg", { class: "front" });
    if (!this.flat) root.append(this.front);
  }

  draw(f: Frame): void {
    this.arrange(f);
    const set = setting(f, this.family, this.patterns);
    const s = this.scene;
    s.begin();
    const height = this.height - axisHeight;
    s.put("clip rect", "rect", s.put("clip", "clipPath", this.ground.querySelector("defs")!, { id: `${this.patterns}clip` }), { x: -beyond.left, y: 0, width: set.width + beyond.left + beyond.right, height });
    const transform = `translate(${set.left} 0)`;
    const clip = { "clip-path": `url(#${this.patterns}clip)` };
    const head = s.put("head", "g", this.axis, { "aria-hidden": "true", transform });
    const back = s.put("back", "g", this.ground, { class: "back", transform });
    const under = s.put("under", "g", s.put("under clip", "g", this.ground, { transform }), clip);
    const frontClip = s.put("front clip", "g", this.front, { transform });
    const front = s.put("front", "g", frontClip, clip);
    const ground = { scene: s, head, back, front, height };
    drawAxis(ground, set);
    this.drawRows(set, under, this.flat ? frontClip : this.front);
    drawSteps(ground, set);
    s.end();
    const whole = String(height);
    if (this.ground.getAttribute("height") !== whole) this.ground.setAttribute("height", whole);
  }

  /** Finds the rows anew when there is another lane or Job, or a lane has another owner. */
  private arrange(f: Frame): void {
    const { expected, observed: { lanes, jobs } } = f;
    const from = this.from;
    if (from?.expected === expected && from.lanes === lanes && from.jobs === jobs.length && from.owners.length === lanes.length && lanes.every((l, i) => l.owner === from.owners[i])) return;
    this.from = { expected, lanes, jobs: jobs.length, owners: lanes.map((l) => l.owner) };
    const { rows: list, height } = rows(expected, f.observed);
    this.rows = list;
    this.height = axisHeight + height;
  }

  /** Draws the rows in view, each before next. */
  private drawRows(set: Setting, under: Element, next: Element): void {
    const { frame } = set;
    const v = frame.viewport;
    const [first, end] = v ? between(this.rows, v.top - beside, v.bottom + beside) : [0, this.rows.length];
    const here = frame.active && v ? this.rows.findIndex((r) => frame.active.startsWith(`${r.key} `)) : -1;
    const wanted = this.rows.slice(first, end);
    if (here >= 0 && here < first) wanted.unshift(this.rows[here]!);
    else if (here >= end) wanted.push(this.rows[here]!);
    const keys = new Set(wanted.map((r) => r.key));
    for (const [key, d] of this.drawn) {
      if (!keys.has(key)) this.forget(key, d);
    }
    const common = [frame.range.from, frame.range.to, frame.width, frame.live, frame.recorded, [...frame.diverged.keys()].join(), frame.observed.lanes.length > 0].join();
    const now = frame.now === undefined ? -1 : Math.round(place(frame.now, frame.range, set.width) * 2);
    this.order(wanted, under, next);
    for (const row of wanted) {
      const d = this.drawn.get(row.key)!;
      if (d.y !== row.y || d.left !== set.left) this.move(d, row.y, set.left);
      const active = frame.active.startsWith(`${row.key} `) ? frame.active : "";
      const stamp = `${common} ${active} ${editionOf(row, frame)}`;
      const reached = goesOn(row) ? now : -1;
      if (stamp === d.stamp && reached === d.now) continue;
      const stretch = stamp === d.stamp && reached > d.now ? d.stretch : undefined;
      d.now = reached;
      d.stamp = stamp;
      if (stretch) {
        stretch(set);
        continue;
      }
      d.scene.begin();
      drawRow(d, set, row);
      d.scene.end();
    }
  }

  /**
   * Makes places for rows that have none, in their order. Those that are there are not
   * moved, with which they would lose the focus.
   */
  private order(wanted: Row[], under: Element, next: Element): void {
    for (const row of wanted.toReversed()) {
      let d = this.drawn.get(row.key);
      if (!d) {
        d = this.begin(row);
        under.append(d.under);
        this.drawn.set(row.key, d);
      }
      if (d.row.nextElementSibling !== next) next.before(d.row);
      next = d.row;
    }
  }

  private begin({ key, kind, height }: Row): Drawn {
    const shared = { class: `row ${kind}-row`, "data-row": key, ...(kind === "heading" ? {} : { role: "group" }) };
    const row = this.flat ? svg("g", shared) : svg("svg", { ...shared, width: "100%", height });
    const names = svg("g", { class: "names", "aria-hidden": "true" });
    const body = svg("g", {});
    row.append(names, body);
    return { row, scene: new Scene(), under: svg("g", {}), names, body, stretch: undefined, stamp: "", now: -1, y: -1, left: -1 };
  }

  private move(d: Drawn, y: number, left: number): void {
    d.y = y;
    d.left = left;
    d.under.setAttribute("transform", `translate(0 ${y})`);
    d.body.setAttribute("transform", `translate(${left} 0)`);
    if (this.flat) d.row.setAttribute("transform", `translate(0 ${y})`);
    else d.row.style.top = `${y}px`;
  }

  private forget(key: string, d: Drawn): void {
    d.under.remove();
    d.row.remove();
    this.drawn.delete(key);
  }
}
