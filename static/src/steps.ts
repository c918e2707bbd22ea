// What the reader can do in the middle of a run.

import type { Entry } from "./wire.ts";
import { name } from "./words.ts";

export class Steps {
  private readonly items = new Map<string, HTMLElement>();

  /** press does a step, and says whether it could be asked for. */
  constructor(root: ParentNode, press: (step: string) => Promise<boolean>) {
    for (const li of root.querySelectorAll<HTMLElement>("[data-step]")) {
      const id = li.dataset["step"]!;
      this.items.set(id, li);
      li.querySelector("form")?.addEventListener("submit", (e) => {
        e.preventDefault();
        if (li.dataset["state"] !== "ready") return;
        set(li, "doing", "");
        void press(id).then((asked) => {
          if (!asked && li.dataset["state"] === "doing") set(li, "ready", "");
        });
      });
    }
  }

  /** Shows what new entries say of the steps. */
  add(entries: Entry[]): void {
    for (const { note } of entries) {
      const li = this.items.get(note?.step ?? "");
      if (note && li) set(li, note.code === "step" ? "done" : note.code, note.code === "ready" ? "" : note.text);
    }
  }

  /** Shows that the run has ended. */
  end(): void {
    for (const li of this.items.values()) {
      if (li.dataset["state"] !== "done" && li.dataset["state"] !== "refused") set(li, "passed", "");
    }
  }

  reset(): void {
    for (const li of this.items.values()) set(li, "waiting", "");
  }
}

function set(li: HTMLElement, state: string, message: string): void {
  li.dataset["state"] = state;
  const button = li.querySelector("button")!;
  // A button that has the focus keeps it, so that the keyboard does not lose its place.
  button.disabled = state !== "ready" && button !== document.activeElement;
  button.setAttribute("aria-disabled", String(state !== "ready"));
  li.querySelector("[data-word]")!.textContent = name("steps", state);
  li.querySelector("[data-detail]")!.textContent = message;
}
