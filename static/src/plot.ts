// Draws frames of the timeline into an SVG: the rows that are in view, each anew only
// when it has changed.

import { drawAxis, drawSteps } from "./axis.ts";
import { setting, type Frame, type Place, type Setting } from "./frame.ts";
import { drawRow, editionOf, goesOn } from "./lane.ts";
import { axisHeight, between, rows, type Row } from "./layout.ts";
import { patterns } from "./legend.ts";
import { place } from "./scale.ts";
import { Scene } from "./scene.ts";
import type { Lane, View } from "./wire.ts";

export type { Frame } from "./frame.ts";

/** How much beside what is in view is drawn, so that scrolling does not uncover what is not. */
const beside = 120;

interface Drawn extends Place {
  /** What it was drawn from. */
  stamp: string;
  /** The time now, up to which it is drawn, in halves of pixels; -1 if it does not depend on it. */
  now: number;
  y: number;
}

type Layers = Pick<Place, "under" | "names" | "body">;

let plots = 0;

/**
 * Plot draws into svg, which may be in no document. The axis is above the rows or, if
 * there is an SVG for it, in that, so that it can stay while the rows scroll.
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
  private shape = "";
  private rowsHeight = 0;
  private expected: View | undefined;
  private lanes: Lane[] | undefined;

  constructor(private readonly svg: SVGSVGElement, private readonly axis?: SVGSVGElement) {
    this.family = getComputedStyle(svg).fontFamily || getComputedStyle(document.body).fontFamily;
    patterns(svg, this.patterns);
  }

  draw(f: Frame): void {
    this.arrange(f);
    const set = setting(f, this.family, this.patterns);
    const s = this.scene;
    s.begin();
    const top = this.axis ? 0 : axisHeight;
    const height = this.rowsHeight;
    s.put("clip rect", "rect", s.put("clip", "clipPath", this.svg.querySelector("defs")!, { id: `${this.patterns}clip` }), { x: -8, y: 0, width: set.width + 20, height });
    const shifted = `translate(${set.left} ${top})`;
    const clip = { "clip-path": `url(#${this.patterns}clip)` };
    const head = s.put("head", "g", this.axis ?? this.svg, { "aria-hidden": "true", transform: `translate(${set.left} 0)` });
    const back = s.put("back", "g", this.svg, { class: "back", transform: shifted });
    const under = s.put("under", "g", s.put("under clip", "g", this.svg, { transform: shifted }), clip);
    const names = s.put("names", "g", this.svg, { class: "names", "aria-hidden": "true", transform: `translate(0 ${top})` });
    const body = s.put("body", "g", s.put("body clip", "g", this.svg, { transform: shifted }), clip);
    const front = s.put("front", "g", s.put("front clip", "g", this.svg, { transform: shifted }), clip);
    const ground = { scene: s, head, back, front, height };
    drawAxis(ground, set);
    this.drawRows(set, { under, names, body });
    drawSteps(ground, set);
    s.end();
    const whole = String(this.axis ? height : this.height);
    if (this.svg.getAttribute("height") !== whole) this.svg.setAttribute("height", whole);
  }

  /** Finds the rows anew when there is another lane or Job, or a lane has another owner. */
  private arrange(f: Frame): void {
    const { lanes, jobs } = f.observed;
    const shape = `${jobs.length} ${lanes.length} ${lanes.map((l) => l.owner).join()}`;
    if (shape === this.shape && f.expected === this.expected && lanes === this.lanes) return;
    this.shape = shape;
    this.expected = f.expected;
    this.lanes = lanes;
    const { rows: list, height } = rows(f.expected, f.observed);
    this.rows = list;
    this.rowsHeight = height;
    this.height = axisHeight + height;
  }

  private drawRows(set: Setting, layers: Layers): void {
    const { frame } = set;
    const v = frame.viewport;
    const [first, after] = v ? between(this.rows, v.top - beside, v.bottom + beside) : [0, this.rows.length];
    const here = frame.active && v ? this.rows.findIndex((r) => frame.active.startsWith(`${r.key} `)) : -1;
    const wanted = this.rows.slice(first, after);
    if (here >= 0 && here < first) wanted.unshift(this.rows[here]!);
    else if (here >= after) wanted.push(this.rows[here]!);
    const keys = new Set(wanted.map((r) => r.key));
    for (const [key, d] of this.drawn) {
      if (!keys.has(key)) this.forget(key, d);
    }
    const common = [frame.range.from, frame.range.to, frame.width, frame.live, frame.recorded, [...frame.diverged.keys()].join(), frame.observed.lanes.length > 0].join();
    const now = frame.now === undefined ? -1 : Math.round(place(frame.now, frame.range, set.width) * 2);
    this.order(wanted, layers);
    for (const row of wanted) {
      const d = this.drawn.get(row.key)!;
      if (d.y !== row.y) {
        d.y = row.y;
        for (const g of [d.under, d.body, d.names]) g.setAttribute("transform", `translate(0 ${row.y})`);
      }
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
  private order(wanted: Row[], layers: Layers): void {
    let next: Element | null = null;
    for (const row of wanted.toReversed()) {
      let d = this.drawn.get(row.key);
      if (!d) {
        d = begin(row, layers, next);
        this.drawn.set(row.key, d);
      } else if (d.body.nextElementSibling !== next) {
        layers.body.insertBefore(d.body, next);
      }
      next = d.body;
    }
  }

  private forget(key: string, d: Drawn): void {
    for (const g of [d.under, d.names, d.body]) g.remove();
    this.drawn.delete(key);
  }
}

/** Makes the place of a row, in the body before another's. */
function begin(row: Row, layers: Layers, next: Element | null): Drawn {
  const group = (layer: Element, before: Element | null): SVGElement => {
    const g = document.createElementNS("http://www.w3.org/2000/svg", "g");
    layer.insertBefore(g, before);
    return g;
  };
  const body = group(layers.body, next);
  body.setAttribute("class", `row ${row.kind}-row`);
  body.setAttribute("data-row", row.key);
  if (row.kind !== "heading") body.setAttribute("role", "group");
  return { scene: new Scene(), under: group(layers.under, null), names: group(layers.names, null), body, stretch: undefined, stamp: "", now: -1, y: -1 };
}
