// The looks of the editor, by the page's tokens. Lines are where the plain editor has
// them, so that nothing moves when one takes the other's place.

import { EditorView } from "@codemirror/view";

const panel = {
  border: "1px solid var(--line-strong)",
  borderRadius: "8px",
  background: "var(--surface)",
  color: "var(--text)",
  boxShadow: "0 6px 20px rgb(16 24 40 / 14%)",
};

export const look = EditorView.theme({
  "&": { flex: "1", minWidth: "0", background: "none", color: "var(--text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { font: "13px/20px var(--mono)", overflow: "auto hidden", scrollbarWidth: "thin" },
  ".cm-content": { padding: "0", minHeight: "80px", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 14px 0 0" },
  ".cm-line[data-problem]": { background: "var(--bad-soft)" },
  ".cm-gutters": { border: "0", background: "var(--surface)", color: "var(--quiet)" },
  "&.cm-focused .cm-gutters": { boxShadow: "inset 2px 0 var(--accent)" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "46px", padding: "0 14px 0 0", fontVariantNumeric: "tabular-nums" },
  ".cm-gutterElement.wrong": { background: "var(--bad-soft)", boxShadow: "inset 3px 0 var(--bad)", color: "var(--bad)", fontWeight: "700" },
  ".cm-gutterElement.lit": { boxShadow: "inset 3px 0 var(--accent)", color: "var(--accent)", fontWeight: "700" },
  "& ::selection": { background: "color-mix(in srgb, var(--accent) 28%, transparent)" },

  // The library draws the wave by a picture, which the pages' policy refuses.
  ".cm-lintRange-error, .cm-lintRange-error.cm-lintRange-active": { background: "none", textDecoration: "underline wavy var(--bad) 1px", textUnderlineOffset: "3px", textDecorationSkipInk: "none" },
  ".cm-lintPoint:after": { content: "none" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--bad)", padding: "6px 10px", margin: "0", font: "13px/1.5 var(--sans)", whiteSpace: "pre-wrap", overflowWrap: "anywhere" },

  ".cm-tooltip": { ...panel, maxWidth: "min(520px, calc(100vw - 24px))", zIndex: "5" },
  ".cm-tooltip.cm-tooltip-hover": { overflow: "hidden" },
  ".cm-tooltip-section:not(:first-child)": { borderTop: "1px solid var(--line)" },
  ".field-help": { maxHeight: "min(320px, 50vh)", overflow: "auto", padding: "8px 12px", font: "13px/1.5 var(--sans)", overflowWrap: "anywhere" },
  ".field-help .path": { color: "var(--yaml-key)", font: "600 12.5px/1.5 var(--mono)" },
  ".field-help .facts": { color: "var(--quiet)", fontSize: "12.5px" },
  ".field-help .description": { marginTop: "6px", whiteSpace: "pre-line" },
  ".field-help .description code": { padding: "0 4px", borderRadius: "4px", background: "var(--sunken)", font: "12px/1.5 var(--mono)" },
  ".cm-tooltip.cm-completionInfo": { ...panel, padding: "0", width: "max-content", maxWidth: "min(340px, 40vw)", margin: "0 4px" },
  "@media (max-width: 720px)": { ".cm-tooltip.cm-completionInfo": { display: "none" } }, // it would hide the list
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { maxHeight: "240px", minWidth: "min(280px, 80vw)", font: "13px/1.4 var(--mono)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { display: "flex", gap: "12px", padding: "3px 10px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent-soft)", color: "var(--text)", boxShadow: "inset 3px 0 var(--accent)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700", color: "var(--accent-strong)" },
  ".cm-completionDetail": { marginLeft: "auto", color: "var(--quiet)", fontStyle: "normal", font: "12px/1.5 var(--sans)" },

  // What was taken away is struck out, what came has a bar: not told by colours alone.
  ".cm-deletedChunk": { background: "var(--bad-soft)", paddingLeft: "0" },
  ".cm-deletedChunk .cm-deletedLine": { color: "var(--quiet)", textDecoration: "line-through" },
  ".cm-deletedLine del, .cm-deletedChunk .cm-deletedText": { background: "none !important", textDecoration: "line-through" },
  ".cm-insertedLine, .cm-deletedLine, .cm-deletedLine del": { textDecoration: "none" },
  ".cm-changedLine": { background: "color-mix(in srgb, var(--good) 12%, transparent) !important" },
  ".cm-changedText": { background: "color-mix(in srgb, var(--good) 22%, transparent) !important" },
  ".cm-changeGutter": { width: "3px", paddingLeft: "0" },
  ".cm-changedLineGutter": { background: "var(--good)" },
  ".cm-deletedLineGutter": { background: "repeating-linear-gradient(var(--bad) 0 3px, transparent 3px 6px)" },
});
