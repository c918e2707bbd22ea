// The legend, and the patterns that tell states apart without colour.

import { lookOf, type Look } from "./status.ts";
import type { View } from "./wire.ts";
import { word } from "./words.ts";

const svgNamespace = "http://www.w3.org/2000/svg";

/** The lines of each pattern in a square of 8. */
const lines: Record<Look | "job", string> = {
  pending: "M2 2h.01M6 6h.01",
  creating: "M0 4h8",
  running: "",
  completed: "",
  error: "M-2 6L6 -2M2 10L10 2",
  backoff: "M4 0v8",
  terminating: "M2 -2L10 6M-2 2L6 10",
  unknown: "M4 0v8M0 4h8",
  job: "",
};

/** Defines the patterns in an SVG. */
export function patterns(svg: SVGSVGElement): void {
  const defs = document.createElementNS(svgNamespace, "defs");
  for (const [look, d] of Object.entries(lines)) {
    const pattern = document.createElementNS(svgNamespace, "pattern");
    set(pattern, { id: `p-${look}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" });
    if (d) {
      const path = document.createElementNS(svgNamespace, "path");
      set(path, { d, class: "stroke" });
      pattern.append(path);
    }
    defs.append(pattern);
  }
  svg.replaceChildren(defs);
}

/** Lists what is drawn: expected, observed, and each STATUS that occurs. */
export function legend(list: HTMLElement, expected: View, observed: View, recorded: boolean): void {
  const statuses = new Set<string>();
  for (const v of [expected, observed]) {
    for (const lane of v.lanes) for (const s of lane.segments) statuses.add(s.status);
  }
  const inferred = observed.lanes.some((l) => l.segments.some((s) => s.inferred));
  const key = [...statuses, inferred, observed.lanes.length > 0, recorded].join(" ");
  if (list.dataset["key"] === key) return;
  list.dataset["key"] = key;
  const items = [item("expected", "job", word("expected")), item("observed", "job", word(recorded ? "recordedRun" : "observed"))];
  if (inferred) items.push(item("observed inferred", "creating", word("inferred")));
  for (const s of statuses) items.push(item("observed", lookOf(s), s));
  list.replaceChildren(...items);
}

function item(kind: string, look: Look | "job", text: string): HTMLLIElement {
  const li = document.createElement("li");
  const svg = document.createElementNS(svgNamespace, "svg");
  set(svg, { width: 20, height: 10, "aria-hidden": "true" });
  const g = document.createElementNS(svgNamespace, "g");
  set(g, { class: `segment ${kind} ${look}` });
  for (const [name, fill] of [["fill", ""], ["pattern", `url(#p-${look})`]] as const) {
    const r = document.createElementNS(svgNamespace, "rect");
    set(r, { class: name, x: 0.5, y: 0.5, width: 19, height: 9, rx: 2.5 });
    if (fill) r.setAttribute("fill", fill);
    g.append(r);
  }
  svg.append(g);
  li.append(svg, text);
  return li;
}

function set(e: Element, attributes: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, String(value));
}
