// The colours of YAML, by the classes that the plain editor gives them too.

import { HighlightStyle, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { type Extension, Prec, RangeSetBuilder } from "@codemirror/state";
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const classes = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), class: "key" },
  { tag: [tags.content, tags.string, tags.special(tags.string)], class: "value" },
  { tag: tags.lineComment, class: "comment" },
]);

const literal = Decoration.mark({ class: "literal" });

/** YAML's grammar does not tell numbers and the like from other words. */
function literals(view: EditorView): DecorationSet {
  const found = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter: (node) => {
        if (node.name === "Key") return false;
        if (node.name === "Literal" && /^(-?\d+(\.\d+)?|true|false|null|~)$/.test(view.state.sliceDoc(node.from, node.to))) found.add(node.from, node.to, literal);
        return undefined;
      },
    });
  }
  return found.finish();
}

class Literals {
  found: DecorationSet;

  constructor(view: EditorView) {
    this.found = literals(view);
  }

  update(u: ViewUpdate): void {
    if (u.docChanged || u.viewportChanged || syntaxTree(u.startState) !== syntaxTree(u.state)) this.found = literals(u.view);
  }
}

export function colours(): Extension {
  // Of two marks the one that goes before is the inner one, whose colour is seen.
  return [syntaxHighlighting(classes), Prec.highest(ViewPlugin.fromClass(Literals, { decorations: (p) => p.found }))];
}
