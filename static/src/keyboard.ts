// Walking the states with the keyboard: left and right within a lane, up and down
// between lanes, whether they are in view or not. One state takes part in the tab
// order at a time; it is drawn wherever the drawing is.

import { shortcuts } from "./keys.ts";
import { partition, type Row } from "./layout.ts";
import type { StepMark } from "./wire.ts";

/** A state that can be walked to. */
export interface Stop {
  key: string;
  from: number;
  to: number | null;
  /** The entry that began it; undefined in what is only expected. */
  seq?: number;
}

export interface Walk {
  /** The rows of the drawing, and the steps, which come after them. */
  rows(): Row[];
  steps(): StepMark[];
  /** How many lanes are in view. */
  page(): number;
  /** Shows what is known about a state, or the hint if text is empty. */
  show(text: string): void;
  /** Brings the time of a state into view and draws it at once. */
  reveal(stop: Stop): void;
  zoom(factor: number): void;
  pan(share: number): void;
  fit(): void;
  follow(): void;
  pause(): void;
  divergence(): void;
  redraw(): void;
  /** Asks why the entry came about. */
  explain(seq: number): void;
}

/** The states of one row. */
type Line = Stop[];

const steps = "step";

export class Keyboard {
  private key = "";

  constructor(private readonly drawing: HTMLElement, private readonly walk: Walk) {
    shortcuts("timeline", [
      { keys: ["←", "→", "↑", "↓"], does: "walk" },
      { keys: ["Home", "End"], does: "ends" },
      { keys: ["Enter"], does: "why" },
      { keys: ["+", "−"], does: "zoom" },
      { keys: ["F"], does: "fit" },
      { keys: ["Shift+←", "Shift+→"], does: "pan" },
      { keys: ["L"], does: "follow" },
      { keys: ["P"], does: "pause" },
      { keys: ["D"], does: "divergence" },
    ]);
    drawing.addEventListener("keydown", (e) => this.down(e));
    drawing.addEventListener("focusin", (e) => this.enter(keyOf(e.target)));
    drawing.addEventListener("pointerover", (e) => {
      const label = e.target instanceof Element ? e.target.closest("[aria-label]:not(svg, [role=group])")?.getAttribute("aria-label") : null;
      if (label) walk.show(label);
    });
    // A drag, which may end on a state, is no click on it; a captured pointer's
    // click says that it was on the drawing.
    let pressed = { x: 0, y: 0 };
    drawing.addEventListener("pointerdown", (e) => (pressed = { x: e.clientX, y: e.clientY }));
    drawing.addEventListener("click", (e) => {
      if (Math.hypot(e.clientX - pressed.x, e.clientY - pressed.y) > 4) return;
      this.pick(keyOf(document.elementFromPoint(e.clientX, e.clientY)));
    });
    drawing.addEventListener("pointerleave", () => walk.show(this.focused()));
  }

  /** The key of the state in the tab order; empty if there is none. */
  get active(): string {
    if (this.find(this.key)) return this.key;
    for (const row of this.walk.rows()) {
      const first = lineOf(row)[0];
      if (first) return first.key;
    }
    return "";
  }

  /** Goes to a state, which may be out of view. */
  go(key: string): void {
    const stop = this.find(key);
    if (!stop) return;
    this.key = key;
    this.walk.reveal(stop);
    this.drawing.querySelector<SVGElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  private find(key: string): Stop | undefined {
    return this.lineWith(key)?.find((s) => s.key === key);
  }

  private lineWith(key: string): Line | undefined {
    const name = key.slice(0, key.lastIndexOf(" "));
    if (name === steps) return this.steps();
    const row = this.walk.rows().find((r) => r.key === name);
    return row && lineOf(row);
  }

  private steps(): Line {
    return this.walk.steps().map((m) => ({ key: `${steps} ${m.seq}`, from: m.t, to: m.t, seq: m.seq }));
  }

  /** What is known about the state in focus. */
  private focused(): string {
    const here = document.activeElement;
    return here && this.drawing.contains(here) ? here.getAttribute("aria-label") ?? "" : "";
  }

  private enter(key: string): void {
    if (!key || !this.find(key)) return;
    this.key = key;
    this.walk.show(this.focused());
    this.walk.redraw();
  }

  private pick(key: string): void {
    const stop = this.find(key);
    if (stop?.seq === undefined) return;
    this.key = key;
    this.walk.show(this.drawing.querySelector(`[data-key="${CSS.escape(key)}"]`)?.getAttribute("aria-label") ?? "");
    this.walk.redraw();
    this.walk.explain(stop.seq);
  }

  private down(e: KeyboardEvent): void {
    if (e.metaKey || e.altKey) return;
    const to = this.target(e);
    if (to) this.go(to.key);
    else if (!this.command(e)) return;
    e.preventDefault();
  }

  /** Does what a key says other than to walk, and reports whether it says something. */
  private command(e: KeyboardEvent): boolean {
    if (e.ctrlKey) return false;
    switch (e.key.toLowerCase()) {
      case "enter":
      case " ":
        this.pick(this.active);
        return true;
      case "+":
      case "=":
        this.walk.zoom(1 / 1.6);
        return true;
      case "-":
        this.walk.zoom(1.6);
        return true;
      case "arrowleft":
      case "arrowright":
        if (e.shiftKey) this.walk.pan(e.key === "ArrowLeft" ? -0.2 : 0.2);
        return true;
      case "0":
      case "f":
        this.walk.fit();
        return true;
      case "l":
        this.walk.follow();
        return true;
      case "p":
        this.walk.pause();
        return true;
      case "d":
        this.walk.divergence();
        return true;
    }
    return false;
  }

  /** Where a key leads from the state in focus; undefined if it leads nowhere. */
  private target(e: KeyboardEvent): Stop | undefined {
    const active = this.active;
    const line = this.lineWith(active);
    const at = line?.findIndex((s) => s.key === active) ?? -1;
    if (!line || at < 0 || (e.shiftKey && e.key.startsWith("Arrow"))) return undefined;
    if (e.ctrlKey && e.key !== "Home" && e.key !== "End") return undefined;
    switch (e.key) {
      case "ArrowRight":
        return line[at + 1];
      case "ArrowLeft":
        return line[at - 1];
      case "Home":
        return e.ctrlKey ? this.other(line[at]!, -Infinity)?.[0] : line[0];
      case "End":
        return e.ctrlKey ? this.other(line[at]!, Infinity)?.at(-1) : line.at(-1);
      case "ArrowDown":
        return this.below(line[at]!, 1);
      case "ArrowUp":
        return this.below(line[at]!, -1);
      case "PageDown":
        return this.below(line[at]!, Math.max(1, this.walk.page() - 1));
      case "PageUp":
        return this.below(line[at]!, -Math.max(1, this.walk.page() - 1));
    }
    return undefined;
  }

  /** The state of another line at about the same time. */
  private below(from: Stop, lines: number): Stop | undefined {
    const line = this.other(from, lines);
    return line?.[Math.max(0, partition(line.length, (i) => line[i]!.from > from.from) - 1)];
  }

  /** The line so many lines away, or the last one before there are no more; undefined if that is the same. */
  private other(from: Stop, lines: number): Line | undefined {
    const rows = this.walk.rows().filter(walked);
    const steps = this.steps();
    const name = from.key.slice(0, from.key.lastIndexOf(" "));
    const here = steps.some((s) => s.key === from.key) ? rows.length : rows.findIndex((r) => r.key === name);
    const last = rows.length - (steps.length > 0 ? 0 : 1);
    const there = Math.min(last, Math.max(0, here + lines));
    if (there === here) return Number.isFinite(lines) ? undefined : this.lineWith(from.key);
    return there === rows.length ? steps : lineOf(rows[there]!);
  }
}

function walked(row: Row): boolean {
  return row.kind !== "heading" && ((row.observed ?? row.expected)?.segments.length ?? 0) > 0;
}

/** The states of a row that can be walked to: the observed ones or, without any, those expected. */
function lineOf(row: Row): Line {
  if (row.kind === "heading") return [];
  const { key, observed, expected } = row;
  if (observed) return observed.segments.map((s) => ({ key: `${key} ${s.seq}`, from: s.from, to: s.to, seq: s.seq }));
  return (expected?.segments ?? []).map((s) => ({ key: `${key} ${s.seq}`, from: s.from, to: s.to }));
}

function keyOf(target: EventTarget | null): string {
  return (target instanceof Element ? target.closest("[data-key]")?.getAttribute("data-key") : "") ?? "";
}
