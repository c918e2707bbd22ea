// The timeline's buttons.

import { setText } from "./text.ts";
import { word } from "./words.ts";
import type { Mode } from "./zoom.ts";

export interface Actions {
  fit(): void;
  follow(): void;
  zoom(factor: number): void;
  table(shown: boolean): void;
  pause(): void;
  divergence(): void;
}

export interface Tools {
  /** Shows which mode is on. */
  mode(mode: Mode): void;
  /** Presses the button of the table. */
  table(): void;
  /** Shows whether there is something to pause, and how many entries wait while it is. */
  paused(live: boolean, waiting: number | undefined): void;
  /** Shows whether there is a divergence to go to. */
  diverged(yes: boolean): void;
}

export function toolbar(host: HTMLElement, actions: Actions): Tools {
  const button = (text: string, tool: string, press: (b: HTMLButtonElement) => void, label?: string): HTMLButtonElement => {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "button small";
    b.dataset["tool"] = tool;
    b.textContent = text;
    if (label) {
      b.setAttribute("aria-label", label);
      b.title = label;
    }
    b.addEventListener("click", () => press(b));
    host.append(b);
    return b;
  };
  const divergence = button(word("firstDivergence"), "divergence", () => actions.divergence());
  divergence.hidden = true;
  const pause = button(word("pause"), "pause", () => actions.pause());
  pause.hidden = true;
  const table = button(word("table"), "table", (b) => {
    const shown = b.getAttribute("aria-pressed") !== "true";
    b.setAttribute("aria-pressed", String(shown));
    actions.table(shown);
  });
  table.setAttribute("aria-pressed", "false");
  button("−", "zoom-out", () => actions.zoom(1.6), word("zoomOut"));
  button("+", "zoom-in", () => actions.zoom(1 / 1.6), word("zoomIn"));
  const follow = button(word("follow"), "follow", () => actions.follow());
  const fit = button(word("fit"), "fit", () => actions.fit());
  return {
    table: () => table.click(),
    mode(mode) {
      follow.setAttribute("aria-pressed", String(mode === "follow"));
      fit.setAttribute("aria-pressed", String(mode === "fit"));
    },
    paused(live, waiting) {
      setText(pause, waiting === undefined ? word("pause") : waiting > 0 ? word("resumeWaiting", { n: waiting }) : word("resume"));
      pause.setAttribute("aria-pressed", String(waiting !== undefined));
      pause.hidden = !live && waiting === undefined;
    },
    diverged(yes) {
      divergence.hidden = !yes;
    },
  };
}
