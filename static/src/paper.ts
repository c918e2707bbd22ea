// The timeline on paper: all lanes, in parts that a page holds, so that none is cut.

import { html, svg } from "./elements.ts";
import { axisHeight } from "./layout.ts";
import { Plot, type Frame } from "./plot.ts";

/** The width of what is printed on A4, in CSS pixels. */
export const paperWidth = 690;
/** How much of the rows stands on a page below its axis. */
const most = 780;

/** Some rows of a drawing, and the axis for them. */
export interface Part {
  axis: SVGSVGElement;
  rows: SVGSVGElement;
  /** The ids of its patterns begin with it. */
  patterns: string;
  /** Where its rows are, in pixels below the axis of the whole. */
  top: number;
  bottom: number;
}

/** Draws all lanes of a frame in parts of at most a height, none of which cuts a row. */
export function* parts(frame: Frame, height: number): Generator<Part> {
  for (let top = 0, whole = 1; top < whole; ) {
    const axis = svg("svg", { class: "plot-axis", width: frame.width });
    const rows = svg("svg", { class: "plot", width: frame.width });
    const plot = new Plot(rows, axis);
    plot.draw({ ...frame, viewport: { top, bottom: top + height } });
    whole = plot.height - axisHeight;
    const cut = plot.rows.find((row) => row.y + row.height > top + height);
    const bottom = cut && cut.y > top ? cut.y : whole;
    axis.setAttribute("viewBox", `0 0 ${frame.width} ${axisHeight}`);
    rows.setAttribute("viewBox", `0 ${top} ${frame.width} ${bottom - top}`);
    yield { axis, rows, patterns: plot.patterns, top, bottom };
    top = bottom;
  }
}

/** Draws a frame as parts, each with the axis. */
export function onPaper(frame: Frame): HTMLElement {
  const paper = html("div", "paper-parts");
  paper.setAttribute("aria-hidden", "true");
  for (const { axis, rows } of parts(frame, most)) {
    const part = html("div");
    part.append(axis, rows);
    paper.append(part);
  }
  return paper;
}
