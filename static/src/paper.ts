// The timeline on paper: all lanes, in parts that a page holds, so that none is cut.

import { axisHeight } from "./layout.ts";
import { Plot, type Frame } from "./plot.ts";

/** The width of what is printed on A4, in CSS pixels. */
export const paperWidth = 690;
/** How much of the rows stands on a page below its axis. */
const most = 780;

/** Draws a frame as parts, each with the axis. */
export function onPaper(frame: Frame): HTMLElement {
  const paper = document.createElement("div");
  paper.className = "paper-parts";
  paper.setAttribute("aria-hidden", "true");
  for (let top = 0, whole = 1; top < whole; ) {
    const part = document.createElement("div");
    const axis = drawing(part, frame.width, "plot-axis");
    const svg = drawing(part, frame.width, "plot");
    const plot = new Plot(svg, axis);
    plot.draw({ ...frame, viewport: { top, bottom: top + most } });
    whole = plot.height - axisHeight;
    const cut = plot.rows.find((row) => row.y + row.height > top + most);
    const bottom = cut && cut.y > top ? cut.y : whole;
    axis.setAttribute("viewBox", `0 0 ${frame.width} ${axisHeight}`);
    svg.setAttribute("viewBox", `0 ${top} ${frame.width} ${bottom - top}`);
    paper.append(part);
    top = bottom;
  }
  return paper;
}

function drawing(parent: Element, width: number, kind: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", kind);
  svg.setAttribute("width", String(width));
  parent.append(svg);
  return svg;
}
