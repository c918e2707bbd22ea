// Walking the observed states with the keyboard: left and right within a lane, up
// and down between lanes. One state takes part in the tab order at a time.

import { shortcuts } from "./keys.ts";
import type { Plot, Stop } from "./plot.ts";

export interface Walk {
  /** Shows what is known about a state, or the hint if text is empty. */
  show(text: string): void;
  reveal(from: number, to: number): void;
  zoom(factor: number): void;
  fit(): void;
  redraw(): void;
  /** Asks why the entry came about. */
  explain(seq: number): void;
}

export class Keyboard {
  private key = "";

  constructor(private readonly svg: SVGSVGElement, private readonly plot: Plot, private readonly walk: Walk) {
    shortcuts("timeline", [
      { keys: ["←", "→", "↑", "↓"], does: "walk" },
      { keys: ["Home", "End"], does: "ends" },
      { keys: ["Enter"], does: "why" },
      { keys: ["+", "−"], does: "zoom" },
      { keys: ["F"], does: "fit" },
    ]);
    svg.addEventListener("keydown", (e) => this.down(e));
    svg.addEventListener("focusin", (e) => this.enter(keyOf(e.target)));
    svg.addEventListener("pointerover", (e) => {
      const label = e.target instanceof Element ? e.target.closest("[data-key]")?.getAttribute("aria-label") : null;
      if (label) walk.show(label);
    });
    // A drag, which may end on a state, is no click on it; a captured pointer's
    // click says that it was on the drawing.
    let pressed = { x: 0, y: 0 };
    svg.addEventListener("pointerdown", (e) => (pressed = { x: e.clientX, y: e.clientY }));
    svg.addEventListener("click", (e) => {
      if (Math.hypot(e.clientX - pressed.x, e.clientY - pressed.y) > 4) return;
      this.pick(keyOf(document.elementFromPoint(e.clientX, e.clientY)));
    });
    svg.addEventListener("pointerleave", () => walk.show(this.focused()?.text ?? ""));
  }

  /** The key of the state in the tab order. */
  get active(): string {
    const stops = this.plot.stops;
    if (stops.length > 0 && !stops.some((s) => s.key === this.key)) return stops[0]!.key;
    return this.key;
  }

  private focused(): Stop | undefined {
    return this.svg.contains(document.activeElement) ? this.plot.stops.find((s) => s.key === this.key) : undefined;
  }

  private enter(key: string): void {
    const stop = this.plot.stops.find((s) => s.key === key);
    if (!stop) return;
    this.key = key;
    this.walk.show(stop.text);
    this.walk.redraw();
  }

  private pick(key: string): void {
    const seq = this.plot.stops.find((s) => s.key === key)?.seq;
    if (seq === undefined) return;
    this.enter(key);
    this.walk.explain(seq);
  }

  private down(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const to = this.target(e.key);
    if (to) {
      this.walk.reveal(to.from, to.from);
      this.enter(to.key);
      this.svg.querySelector<SVGElement>(`[data-key="${CSS.escape(to.key)}"]`)?.focus();
    } else if (e.key === "Enter" || e.key === " ") {
      this.pick(this.active);
    } else if (e.key === "+" || e.key === "=") {
      this.walk.zoom(1 / 1.6);
    } else if (e.key === "-") {
      this.walk.zoom(1.6);
    } else if (e.key === "f" || e.key === "F") {
      this.walk.fit();
    } else {
      return;
    }
    e.preventDefault();
  }

  /** Where a key leads from the state in focus; undefined if it leads nowhere. */
  private target(key: string): Stop | undefined {
    const stops = this.plot.stops;
    const here = stops.find((s) => s.key === this.active);
    if (!here) return undefined;
    const lane = stops.filter((s) => s.lane === here.lane);
    const at = lane.indexOf(here);
    switch (key) {
      case "ArrowRight":
        return lane[at + 1];
      case "ArrowLeft":
        return lane[at - 1];
      case "Home":
        return lane[0];
      case "End":
        return lane.at(-1);
      case "ArrowDown":
      case "ArrowUp": {
        const order = [...new Set(stops.map((s) => s.lane))];
        const next = order[order.indexOf(here.lane) + (key === "ArrowDown" ? 1 : -1)];
        const there = stops.filter((s) => s.lane === next);
        return there.findLast((s) => s.from <= here.from) ?? there[0];
      }
    }
    return undefined;
  }
}

function keyOf(target: EventTarget | null): string {
  return (target instanceof Element ? target.closest("[data-key]")?.getAttribute("data-key") : "") ?? "";
}
