// SVG elements kept by key from one frame to the next: what did not change is not
// touched, and focus stays where it was.

const namespace = "http://www.w3.org/2000/svg";

type Attributes = Record<string, string | number | undefined>;

export class Scene {
  private readonly elements = new Map<string, SVGElement>();
  private used = new Set<string>();

  /** Begins a frame. */
  begin(): void {
    this.used = new Set();
  }

  /** Returns the element of a key under a parent, made or changed as told. */
  put(key: string, tag: string, parent: Element, attributes: Attributes, text?: string): SVGElement {
    let e = this.elements.get(key);
    if (!e) {
      e = document.createElementNS(namespace, tag);
      this.elements.set(key, e);
      parent.append(e);
    }
    this.used.add(key);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined) {
        if (e.hasAttribute(name)) e.removeAttribute(name);
        continue;
      }
      const s = typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
      if (e.getAttribute(name) !== s) e.setAttribute(name, s);
    }
    if (text !== undefined && e.textContent !== text) e.textContent = text;
    return e;
  }

  get(key: string): SVGElement | undefined {
    return this.elements.get(key);
  }

  /** Ends a frame: what it did not use is removed. */
  end(): void {
    for (const [key, e] of this.elements) {
      if (!this.used.has(key)) {
        e.remove();
        this.elements.delete(key);
      }
    }
  }
}
