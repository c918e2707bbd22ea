// Elements that scripts make.

/** An element of HTML with a class, if one is given, and a text. */
export function html<K extends keyof HTMLElementTagNameMap>(tag: K, kind = "", text = ""): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  if (kind) e.className = kind;
  e.textContent = text;
  return e;
}

export const svgNamespace = "http://www.w3.org/2000/svg";

/** An element of a drawing. */
export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, string | number>, parent?: Element): SVGElementTagNameMap[K] {
  const e = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, String(value));
  parent?.append(e);
  return e;
}
