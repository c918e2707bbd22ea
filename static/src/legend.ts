// The legend, and the patterns that tell states apart without colour.

import { html, svg } from "./elements.ts";
import { kinds, shapes } from "./marks.ts";
import { lookOf, type Look } from "./status.ts";
import type { Lane, MarkKind, View } from "./wire.ts";
import { name, word } from "./words.ts";

/** The lines of each pattern in a square of 8. */
const lines: Record<Look, string> = {
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

/** Whether a look has a pattern. */
export function patterned(look: Look): boolean {
  return lines[look] !== "";
}

/** Defines the patterns in a drawing; their ids begin with a prefix. */
export function patterns(drawing: SVGSVGElement, prefix: string): void {
  const defs = svg("defs", {});
  for (const [look, d] of Object.entries(lines)) {
    if (!d) continue;
    const pattern = svg("pattern", { id: prefix + look, class: `pattern-${look}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, defs);
    svg("path", { d, class: "stroke" }, pattern);
  }
  drawing.replaceChildren(defs);
}

/** Lists what is drawn: expected, observed, each STATUS and each kind of mark that occurs. */
export class Legend {
  private readonly observed = new Set<string>();
  private readonly marks = new Set<MarkKind>();
  private inferred = false;
  private shown = "";

  constructor(private readonly list: HTMLElement, private readonly prefix: string) {}

  /** Begins anew with what a view has. */
  reset(view: View): void {
    this.observed.clear();
    this.marks.clear();
    this.inferred = false;
    this.add(view.lanes);
  }

  /** Takes note of lanes that have changed. */
  add(lanes: Iterable<Lane>): void {
    for (const lane of lanes) {
      for (const s of lane.segments) {
        this.observed.add(s.status);
        this.inferred ||= s.inferred;
      }
      for (const m of lane.marks) this.marks.add(m.kind);
    }
  }

  show(expected: View, recorded: boolean): void {
    const statuses = new Set<string>();
    for (const lane of expected.lanes) for (const s of lane.segments) statuses.add(s.status);
    for (const s of this.observed) statuses.add(s);
    const marks = kinds.filter((k) => this.marks.has(k));
    const key = [...statuses, ...marks, this.inferred, recorded].join(" ");
    if (this.shown === key) return;
    this.shown = key;
    const items = expected.lanes.length + expected.jobs.length > 0 ? [this.item("expected", "job", word("expected"))] : [];
    items.push(this.item("observed", "job", word(recorded ? "recordedRun" : "observed")));
    if (this.inferred) items.push(this.item("observed inferred", "creating", word("inferred")));
    for (const s of statuses) items.push(this.item("observed", lookOf(s), s));
    for (const k of marks) items.push(markItem(k));
    this.list.replaceChildren(...items);
  }

  private item(kind: string, look: Look, text: string): HTMLLIElement {
    const g = svg("g", { class: `segment ${kind} ${look}` });
    const box = { x: 0.5, y: 0.5, width: 19, height: 11, rx: 2.5 };
    svg("rect", { class: "fill", ...box }, g);
    if (patterned(look)) svg("rect", { class: "pattern", fill: `url(#${this.prefix}${look})`, ...box }, g);
    return listItem(20, g, text);
  }
}

function markItem(kind: MarkKind): HTMLLIElement {
  const g = svg("g", { class: `mark ${kind}` });
  svg("path", { class: "shape", d: `M6 6${shapes[kind]}` }, g);
  return listItem(12, g, name("marks", kind));
}

function listItem(width: number, picture: Element, text: string): HTMLLIElement {
  const li = html("li");
  const drawing = svg("svg", { width, height: 12, "aria-hidden": "true" }, li);
  drawing.append(picture);
  li.append(text);
  return li;
}
