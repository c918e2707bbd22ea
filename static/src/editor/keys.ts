// The keys of the editor. Who only passes through with Tab is not held up: Tab
// indents after something was typed, or the cursor was placed, and after Escape it
// leaves again.

import { acceptCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { nextDiagnostic } from "@codemirror/lint";
import { type Extension, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";

export function keys(): Extension {
  let editing = false;
  const indent = (command: typeof indentMore) => (view: EditorView) => editing && command(view);
  return [
    history(),
    EditorView.domEventHandlers({
      focus: () => void (editing = false),
      pointerup: () => void (editing = true),
      keydown: (e) => void (editing = e.key === "Tab" || /^(Shift|Control|Alt|Meta)$/.test(e.key) ? editing : e.key !== "Escape"),
    }),
    // The page runs the manifest.
    Prec.highest(keymap.of(["Ctrl-Enter", "Meta-Enter"].map((key) => ({ key, run: () => true })))),
    keymap.of([
      { key: "Tab", run: acceptCompletion },
      { key: "Tab", run: indent(indentMore), shift: indent(indentLess) },
      { key: "F8", run: nextDiagnostic },
      ...defaultKeymap,
      ...historyKeymap,
    ]),
  ];
}
