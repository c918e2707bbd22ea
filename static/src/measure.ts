// How wide a text is, so that none is drawn where it does not fit.

import { partition } from "./layout.ts";

const context = document.createElement("canvas").getContext("2d");
/** The widths of texts, by font. */
const known = new Map<string, Map<string, number>>();

export function textWidth(text: string, font: string): number {
  let widths = known.get(font);
  if (!widths) known.set(font, (widths = new Map()));
  let width = widths.get(text);
  if (width === undefined) {
    if (context) context.font = font;
    width = context?.measureText(text).width ?? text.length * 7;
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
