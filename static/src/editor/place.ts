// Where in a manifest a position is: the object, and the path of the field there.
//
// A line that is still being typed is none that YAML knows. It is completed, the
// field by its colon and the value by a letter, and the whole is parsed then.

import { yamlLanguage } from "@codemirror/lang-yaml";
import type { SyntaxNode, Tree } from "@lezer/common";

/** The name of a field, or the number of an item of a list. */
export type Step = string | number;

export interface Place {
  /** What the object at the position says that it is; empty if it does not. */
  apiVersion: string;
  kind: string;
  /** Ends with the field whose name or value is at the position. */
  path: Step[];
  role: "key" | "value";
  /** The word at the position. */
  from: number;
  to: number;
  /** How far the field's name is indented; -1 within brackets. */
  indent: number;
  /** Whether the field has its colon. */
  complete: boolean;
  /** The names of the other fields of the same object. */
  taken: Set<string>;
}

const blank = /^\s*(?:- +)*["']?$/;
const word = /[\w.$/-]*/y;

/** The place of a position, undefined where there is no field. */
export function placeAt(text: string, pos: number): Place | undefined {
  const line = text.lastIndexOf("\n", pos - 1) + 1;
  const whole = yamlLanguage.parser.parse(text);
  const here = whole.resolveInner(pos, -1);
  if (here.name === "Comment" || inComment(text.slice(line, pos))) return undefined;
  if (here.name === "BlockLiteralContent") return place(text, whole, pos, pos, pos, -1);

  const flow = within(here, "FlowMapping", "FlowSequence");
  const from = start(text, line, pos);
  const to = end(text, pos);
  if (/^-+$/.test(text.slice(from, to))) return undefined; // begins an item, or a document
  const next = /^["']?\s*(.)/.exec(text.slice(to, lineEnd(text, to)))?.[1] ?? "";
  const before = text.slice(line, from);
  const role = flow ? flowRole(flow.name, text.slice(flow.from, from)) : blank.test(before) ? "key" : "value";
  const complete = next === ":";
  const indent = flow ? -1 : before.length;

  let patched = text;
  const empty = to === from;
  if (role === "key" && !complete) patched = text.slice(0, to) + (empty ? "_" : "") + ": " + text.slice(to);
  else if (role === "value" && empty && (next === "" || next === "#" || flow)) patched = text.slice(0, to) + (before.endsWith(":") ? " _" : "_") + text.slice(to);
  const tree = patched === text ? whole : yamlLanguage.parser.parse(patched);
  const at = role === "value" && empty && before.endsWith(":") ? from + 1 : from;
  const found = place(patched, tree, at, from, to, indent);
  return found && { ...found, complete };
}

/** The field around a position of a text that is complete. */
function place(text: string, tree: Tree, at: number, from: number, to: number, indent: number): Place | undefined {
  let node: SyntaxNode | null = tree.resolveInner(at, 1);
  // A value that begins elsewhere is found from its end.
  if (!within(node, "Pair", "Item")) node = tree.resolveInner(at, -1);
  const pair = within(node, "Pair");
  const document = within(node, "Document");
  if (!pair || !document) return undefined;
  const path: Step[] = [];
  for (let n: SyntaxNode | null = node; n && n.name !== "Document"; n = n.parent) {
    if (n.name === "Pair") path.unshift(key(text, n));
    else if (n.name === "Item") path.unshift(number(n));
  }
  const inKey = within(node, "Key", "Pair")?.name === "Key";
  const taken = new Set(fields(pair.parent!).filter((p) => p.from !== pair.from).map((p) => key(text, p)));
  const root = fields(document.getChild("BlockMapping") ?? document.getChild("FlowMapping") ?? document);
  const says = (name: string): string => {
    const p = root.find((p) => key(text, p) === name);
    return p ? scalar(text, p.lastChild!) : "";
  };
  return { apiVersion: says("apiVersion"), kind: says("kind"), path, role: inKey ? "key" : "value", from, to, indent, complete: true, taken };
}

/** A path as Kubernetes writes it. */
export function pathText(path: Step[]): string {
  return path.map((s, i) => (typeof s === "number" ? `[${s}]` : (i > 0 ? "." : "") + s)).join("");
}

/** The nearest node of one of these names, the node itself included. */
function within(node: SyntaxNode | null, ...names: string[]): SyntaxNode | null {
  for (let n = node; n; n = n.parent) if (names.includes(n.name)) return n;
  return null;
}

function fields(mapping: SyntaxNode): SyntaxNode[] {
  return mapping.getChildren("Pair");
}

function key(text: string, pair: SyntaxNode): string {
  const k = pair.getChild("Key");
  return k ? scalar(text, k) : "";
}

function scalar(text: string, node: SyntaxNode): string {
  return text.slice(node.from, node.to).trim().replace(/^(["'])(.*)\1$/, "$2");
}

function number(item: SyntaxNode): number {
  let n = 0;
  for (let before = item.prevSibling; before; before = before.prevSibling) if (before.name === "Item") n++;
  return n;
}

/** In brackets a name follows a brace or a comma, a value all else. */
function flowRole(name: string, before: string): Place["role"] {
  return name === "FlowMapping" && /[{,]\s*$/.test(before) ? "key" : "value";
}

/** Whether a line's comment begins before its end. */
function inComment(before: string): boolean {
  return /(?:^|\s)#/.test(before.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, ""));
}

function start(text: string, line: number, pos: number): number {
  return pos - /[\w.$/-]*$/.exec(text.slice(line, pos))![0].length;
}

function end(text: string, pos: number): number {
  word.lastIndex = pos;
  return pos + word.exec(text)![0].length;
}

function lineEnd(text: string, pos: number): number {
  const n = text.indexOf("\n", pos);
  return n < 0 ? text.length : n;
}
