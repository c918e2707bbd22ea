// How the text differs from the lab's own: how many lines, and on demand which.

import { Chunk, unifiedMergeView } from "@codemirror/merge";
import { Compartment, type Extension, Text } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { word } from "../words.ts";

export class Difference {
  private readonly shown = new Compartment();
  private on = false;

  /** The button shows the difference; it is there as long as there is one. */
  constructor(private readonly button: HTMLButtonElement, private readonly original: Text) {}

  extension(): Extension {
    return this.shown.of([]);
  }

  attach(view: EditorView): void {
    this.button.addEventListener("click", () => this.show(view, !this.on));
    this.count(view);
  }

  /** Says how many lines differ. */
  count(view: EditorView): void {
    const n = lines(this.original, view.state.doc);
    this.button.hidden = n === 0;
    this.button.textContent = word("difference", { n });
    this.button.dataset["difference"] = String(n);
    if (n === 0 && this.on) this.show(view, false);
  }

  private show(view: EditorView, on: boolean): void {
    this.on = on;
    this.button.setAttribute("aria-pressed", String(on));
    const unified = unifiedMergeView({ original: this.original, mergeControls: false, gutter: true });
    view.dispatch({ effects: this.shown.reconfigure(on ? unified : []) });
  }
}

/** The number of lines that were changed, added or taken away. */
function lines(before: Text, after: Text): number {
  // With an end after the last line, a line that follows it does not change it.
  const end = Text.of(["", ""]);
  const [a, b] = [before.append(end), after.append(end)];
  const count = (text: Text, from: number, to: number): number => (from < to ? text.lineAt(to - 1).number - text.lineAt(from).number + 1 : 0);
  return Chunk.build(a, b).reduce((n, c) => n + Math.max(count(a, c.fromA, Math.min(c.toA, a.length)), count(b, c.fromB, Math.min(c.toB, b.length))), 0);
}
