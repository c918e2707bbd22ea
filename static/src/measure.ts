// How wide a text is, so that none is drawn where it does not fit.

import { partition } from "./layout.ts";

const context = document.createElement("canvas").getContext("2d");
/** The widths of texts, by font. */
const known = new Map<string, Map<string, number>>();
/** What a reader's own style adds to each letter and to each space, as a share of the font's size. */
let spacing: { letter: number; word: number } | undefined;

function spacingOf(style: CSSStyleDeclaration): { letter: number; word: number } {
  const size = parseFloat(style.fontSize);
  return { letter: (parseFloat(style.letterSpacing) || 0) / size, word: (parseFloat(style.wordSpacing) || 0) / size };
}

/** The width of a text in a font, which begins with weight and size. */
export function textWidth(text: string, font: string): number {
  let widths = known.get(font);
  if (!widths) known.set(font, (widths = new Map()));
  let width = widths.get(text);
  if (width === undefined) {
    spacing ??= spacingOf(getComputedStyle(document.body));
    if (context) context.font = font;
    const size = parseFloat(font.slice(font.indexOf(" ")));
    width = (context?.measureText(text).width ?? text.length * 7) + size * (spacing.letter * text.length + spacing.word * (text.split(" ").length - 1));
    if (widths.size > 2000) widths.clear();
    widths.set(text, width);
  }
  return width;
}

/** The first of some texts that fits, or "". */
export function fitting(texts: string[], width: number, font: string): string {
  return texts.find((t) => textWidth(t, font) <= width) ?? "";
}

/** A name cut on the left, where pods' names are alike. */
export function cutLeft(text: string, width: number, font: string): string {
  if (textWidth(text, font) <= width) return text;
  const from = partition(text.length, (i) => textWidth("…" + text.slice(i), font) <= width);
  return "…" + text.slice(from);
}
