// A run drawn as a picture that stands for itself: all lanes from the beginning to the
// end, in the light theme, with every style in its elements.

import { html, svg, svgNamespace } from "./elements.ts";
import { axisHeight } from "./layout.ts";
import { Legend } from "./legend.ts";
import { parts } from "./paper.ts";
import type { Frame } from "./plot.ts";

/** What is written above a drawing. */
export interface Caption {
  title: string;
  about: string;
}

const margin = 24;
const head = 58;
const legendRow = 20;
/** How much is drawn in one go. */
const partHeight = 1000;

/** What is taken over from the styles of an element. */
const properties = [
  "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
  "opacity", "font-size", "font-weight", "text-anchor", "shape-rendering",
] as const;

/** What these are if nothing is said, so that it need not be. */
const initial: Partial<Record<string, string>> = {
  "fill-opacity": "1", "stroke": "none", "stroke-opacity": "1", "stroke-width": "1px", "stroke-dasharray": "none", "stroke-linecap": "butt", "stroke-linejoin": "miter",
  "opacity": "1", "text-anchor": "start", "shape-rendering": "auto",
};

/** How many elements are read in one go, so that the page stays usable meanwhile. */
const batch = 400;

/** Draws a frame as the text of an SVG file, part by part, so that the page stays usable meanwhile. */
export async function drawSVG(frame: Frame, caption: Caption): Promise<{ text: string; width: number; height: number }> {
  const stage = html("div", "on-paper off-screen");
  document.body.append(stage);
  try {
    const width = frame.width + 2 * margin;
    const file = svg("svg", { class: "plot" }, stage);
    const above = svg("g", {}, file);
    const ground = svg("rect", { class: "paper", x: 0, y: 0, width }, above);
    svg("text", { class: "paper-title", x: margin, y: 32 }, above).textContent = caption.title;
    svg("text", { class: "sub", x: margin, y: 49 }, above).textContent = caption.about;
    const below = svg("g", {}, file);
    const family = getComputedStyle(file).fontFamily.replaceAll('"', "'");
    const texts: string[] = [];
    const top = head + axisHeight;
    let end = top;
    let legendHeight = 0;
    for (const part of parts(frame, partHeight)) {
      if (texts.length === 0) {
        legendHeight = drawLegend(stage, below, frame, part.patterns, width);
        texts.push(await frozen(file, part.axis, { x: margin, y: head, width: frame.width, height: axisHeight }));
      }
      texts.push(await frozen(file, part.rows, { x: margin, y: top + part.top, width: frame.width, height: part.bottom - part.top }));
      end = top + part.bottom;
    }
    const height = end + 8 + legendHeight + margin;
    ground.setAttribute("height", String(height));
    texts.unshift(await frozen(file, above, {}));
    texts.push(await frozen(file, below, { transform: `translate(0 ${end + 8})` }));
    const open = `<svg xmlns="${svgNamespace}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${family}">`;
    return { text: ['<?xml version="1.0" encoding="UTF-8"?>', open, ...texts, "</svg>", ""].join("\n"), width, height };
  } finally {
    stage.remove();
  }
}

/** Puts an element with all its styles into the text of the file. */
async function frozen(file: Element, e: Element, attributes: Record<string, string | number>): Promise<string> {
  file.append(e);
  await freeze(e);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, String(value));
  const text = printable(new XMLSerializer().serializeToString(e));
  e.remove();
  await nextTask();
  return text;
}

/** Draws the legend, and returns its height. */
function drawLegend(stage: Element, file: Element, frame: Frame, prefix: string, width: number): number {
  let y = 0;
  const list = html("ul");
  stage.append(list);
  const legend = new Legend(list, prefix);
  legend.reset(frame.observed);
  legend.show(frame.expected, frame.recorded);
  let x = margin;
  for (const li of list.children) {
    const g = svg("g", {}, file);
    g.append(li.querySelector("svg g")!);
    const text = svg("text", { class: "sub", x: 26, y: 9 }, g);
    text.textContent = li.textContent;
    const length = 26 + text.getComputedTextLength() + 18;
    if (x > margin && x + length > width - margin) {
      x = margin;
      y += legendRow;
    }
    g.setAttribute("transform", `translate(${x} ${y})`);
    x += length;
  }
  list.remove();
  return y + legendRow;
}

/**
 * Puts the styles of all elements into their attributes; what is not shown goes. All
 * are read before any is changed, since a style may come from a parent's class.
 */
async function freeze(root: Element): Promise<void> {
  const all = [...root.querySelectorAll<SVGElement>("*")];
  const styles: [string, string][][] = [];
  await inBatches(all, (e) => styles.push(stylesOf(e)));
  await inBatches(all, (e, i) => {
    const list = styles[i]!;
    if (list.some(([name]) => name === "display")) return e.remove();
    for (const { name } of [...e.attributes]) {
      if (/^(class|role|tabindex|aria-|data-)/.test(name)) e.removeAttribute(name);
    }
    for (const [name, value] of list) e.setAttribute(name, value);
  });
  root.removeAttribute("class");
}

async function inBatches<T>(list: T[], each: (item: T, i: number) => void): Promise<void> {
  for (let i = 0; i < list.length; i += batch) {
    list.slice(i, i + batch).forEach((item, n) => each(item, i + n));
    await nextTask();
  }
}

const painted = new Set(["rect", "path", "line", "text", "circle"]);

function stylesOf(e: SVGElement): [string, string][] {
  const style = getComputedStyle(e);
  const defined = e.closest("defs") !== null;
  if (!defined && (style.display === "none" || style.visibility === "hidden")) return [["display", "none"]];
  const list: [string, string][] = [];
  if (!painted.has(e.tagName)) return style.opacity === "1" ? list : [["opacity", style.opacity]];
  for (const name of properties) {
    const ofText = name.startsWith("font") || name === "text-anchor";
    // The halo around a text is below it, which not every program understands.
    if (e.tagName === "text" ? name.startsWith("stroke") : ofText) continue;
    const value = portable(style.getPropertyValue(name));
    if (value !== initial[name]) list.push([name, value]);
  }
  return list;
}

/** A colour as every program knows it, and a reference without quotation marks. */
function portable(value: string): string {
  const url = /^url\("?([^")]*)"?\)/.exec(value);
  if (url) return `url(${url[1]})`;
  const colour = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)/.exec(value);
  if (!colour) return value;
  return `rgb(${colour.slice(1).map((c) => Math.round(Number(c) * 255)).join(", ")})`;
}

/** Text without what XML does not know: a pod's message may hold anything. */
function printable(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
}

/** The most pixels that browsers let a canvas have, by side and in all. */
const mostSide = 16_000;
const mostPixels = 200_000_000;

/** Draws an SVG file as PNG, twice as large where that is possible. */
export async function drawPNG(file: { text: string; width: number; height: number }): Promise<Blob> {
  const scale = Math.min(2, mostSide / file.width, mostSide / file.height, Math.sqrt(mostPixels / (file.width * file.height)));
  const address = URL.createObjectURL(new Blob([file.text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(file.width * scale);
    canvas.height = Math.round(file.height * scale);
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => canvas.toBlob((b) => (b ? resolve(b) : reject(new Error("no PNG"))), "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });
}
