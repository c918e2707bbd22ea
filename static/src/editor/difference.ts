// How the text differs from the lab's own: how many lines, and on demand which.

import { Chunk, unifiedMergeView } from "@codemirror/merge";
import { Compartment, type Extension, type Text } from "@codemirror/state";
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
function lines(a: Text, b: Text): number {
  const count = (text: Text, from: number, to: number): number => (from < to ? text.lineAt(Math.min(to, text.length + 1) - 1).number - text.lineAt(from).number + 1 : 0);
  return Chunk.build(a, b).reduce((n, c) => n + Math.max(count(a, c.fromA, c.toA), count(b, c.fromB, c.toB)), 0);
}
