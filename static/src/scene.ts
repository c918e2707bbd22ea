// SVG elements kept by key from one frame to the next: what did not change is not
// touched, and focus stays where it was.

import { svgNamespace } from "./elements.ts";
import { setText } from "./text.ts";

export type Attributes = Record<string, string | number | undefined>;

interface Kept {
  element: SVGElement;
  /** What is set, so that the document need not be asked. */
  set: Map<string, string>;
  text: string | undefined;
  frame: number;
}

/** What was drawn together, and from what. */
interface Part {
  stamp: string;
  elements: Kept[];
}

export class Scene {
  private readonly parts = new Map<string, Part>();
  /** The part that is being drawn. */
  private part: Part | undefined;
  private readonly elements = new Map<string, Kept>();
  private frame = 0;

  /** Begins a frame. */
  begin(): void {
    this.frame++;
  }

  /** Returns the element of a key under a parent, made or changed as told. */
  put(key: string, tag: string, parent: Element, attributes: Attributes, text?: string): SVGElement {
    let kept = this.elements.get(key);
    if (!kept) {
      kept = { element: document.createElementNS(svgNamespace, tag), set: new Map(), text: undefined, frame: 0 };
      this.elements.set(key, kept);
      parent.append(kept.element);
    }
    kept.frame = this.frame;
    this.part?.elements.push(kept);
    for (const name in attributes) {
      const value = attributes[name];
      const s = typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
      if (kept.set.get(name) === s) continue;
      if (s === undefined) {
        kept.set.delete(name);
        kept.element.removeAttribute(name);
      } else {
        kept.set.set(name, s);
        kept.element.setAttribute(name, s);
      }
    }
    if (text !== undefined && kept.text !== text) {
      kept.text = text;
      setText(kept.element, text);
    }
    return kept.element;
  }

  /** Draws a part unless it is there as it was drawn from the same; without a stamp it is drawn in any case. */
  keep(key: string, stamp: string | undefined, draw: () => void): void {
    const before = this.parts.get(key);
    if (before && before.stamp === stamp && before.elements[0]!.frame === this.frame - 1) {
      for (const kept of before.elements) kept.frame = this.frame;
      return;
    }
    this.parts.delete(key);
    if (stamp !== undefined) this.parts.set(key, (this.part = { stamp, elements: [] }));
    draw();
    this.part = undefined;
  }

  /** Ends a frame: what it did not use is removed. */
  end(): void {
    for (const [key, kept] of this.elements) {
      if (kept.frame === this.frame) continue;
      kept.element.remove();
      this.elements.delete(key);
      this.parts.delete(key);
    }
  }

  /** Removes everything. */
  clear(): void {
    this.begin();
    this.end();
  }
}
