// Colours for YAML, line by line: keys, texts, numbers, comments. It does not
// parse: what is wrong is said by the server.

import { html } from "./elements.ts";

const parts = /^(\s*(?:- +)*)([^\s#'"[{][^#'"[{]*?)(:)(?=\s|$)|(#.*$)|("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)|(---|\.\.\.)$|([[\]{},])|([^\s#,[\]{}'"]+|\s+)/g;

/** Paints a text; the lines in `wrong` are marked, and the line `lit`. */
export function paint(text: string, wrong: Set<number>, lit: number): DocumentFragment {
  const all = document.createDocumentFragment();
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  lines.forEach((line, i) => {
    const row = html("span", "row");
    if (wrong.has(i + 1)) row.dataset["problem"] = "";
    row.toggleAttribute("data-lit", i + 1 === lit);
    row.append(...tokens(line), "\n");
    all.append(row);
  });
  return all;
}

function tokens(line: string): Node[] {
  const nodes: Node[] = [];
  for (const m of line.matchAll(parts)) {
    if (m[2] !== undefined) nodes.push(text(m[1] ?? ""), html("span", "key", m[2]), text(":"));
    else if (m[4]) nodes.push(html("span", "comment", m[4]));
    else if (m[5]) nodes.push(html("span", "value", m[5]));
    else if (m[8]?.trim()) nodes.push(m[8] === "-" ? text(m[8]) : html("span", /^-?\d+(\.\d+)?$|^(true|false|null|~)$/.test(m[8]) ? "literal" : "value", m[8]));
    else nodes.push(text(m[0]));
  }
  return nodes;
}

function text(s: string): Text {
  return document.createTextNode(s);
}
