// What is wrong at which line, and the line that decides something.

import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { type EditorState, type Extension, type Range, RangeSet, StateEffect, StateField, type Text, type TransactionSpec } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, gutterLineClass, GutterMarker } from "@codemirror/view";
import type { Problem } from "../wire.ts";

interface Marks {
  wrong: boolean;
  lines: DecorationSet;
  gutter: RangeSet<GutterMarker>;
}

const setMarks = StateEffect.define<Marks>();

const marks = StateField.define<Marks>({
  create: () => ({ wrong: false, lines: Decoration.none, gutter: RangeSet.empty }),
  update(value, tr) {
    for (const e of tr.effects) if (e.is(setMarks)) return e.value;
    return tr.docChanged ? { wrong: value.wrong, lines: value.lines.map(tr.changes), gutter: value.gutter.map(tr.changes) } : value;
  },
  provide: (f) => [
    EditorView.decorations.from(f, (m) => m.lines),
    gutterLineClass.from(f, (m) => m.gutter),
    EditorView.contentAttributes.from(f, (m) => ({ "aria-invalid": String(m.wrong) })),
  ],
});

export function lineMarks(): Extension {
  return marks;
}

class Marker extends GutterMarker {
  constructor(override readonly elementClass: string) {
    super();
  }
}

const looks = {
  problem: { line: Decoration.line({ attributes: { "data-problem": "" } }), gutter: new Marker("wrong") },
  lit: { line: Decoration.line({ attributes: { "data-lit": "" } }), gutter: new Marker("lit") },
};

/** Marks the problems, each with its words, and the line that is lit. */
export function markLines(state: EditorState, problems: Problem[], lit: number): TransactionSpec[] {
  const { doc } = state;
  const at = (look: "problem" | "lit", lines: Iterable<number>): [Range<Decoration>[], Range<GutterMarker>[]] => {
    const starts = [...lines].filter((n) => n > 0 && n <= doc.lines).map((n) => doc.line(n).from);
    return [starts.map((p) => looks[look].line.range(p)), starts.map((p) => looks[look].gutter.range(p))];
  };
  const [wrong, wrongGutter] = at("problem", new Set(problems.map((p) => p.line)));
  const [light, lightGutter] = at("lit", [lit]);
  const effect = setMarks.of({
    wrong: problems.length > 0,
    lines: Decoration.set([...wrong, ...light], true),
    gutter: RangeSet.of([...wrongGutter, ...lightGutter], true),
  });
  return [{ effects: effect }, setDiagnostics(state, problems.filter((p) => p.line > 0 && p.line <= doc.lines).map((p) => diagnostic(doc, p)))];
}

/** Underlines the field that a problem names if it is in the line, or else the line. */
function diagnostic(doc: Text, p: Problem): Diagnostic {
  const line = doc.line(p.line);
  const name = /([^.[\]]+)(?:\[[^\]]*\])*$/.exec(p.path)?.[1] ?? "";
  const field = name ? line.text.search(new RegExp(`(?<![\\w-])${name.replace(/\W/g, "\\$&")}["']?\\s*:`)) : -1;
  const from = line.from + Math.max(field, line.text.search(/\S|$/));
  return { from, to: Math.max(from, line.from + line.text.trimEnd().length), severity: "error", message: p.message };
}
