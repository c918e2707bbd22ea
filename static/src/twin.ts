// The table twin: what kubectl get pods --watch would have printed.

import type { Entry, Note } from "./wire.ts";
import { whyEntry } from "./why.ts";
import { name, word } from "./words.ts";

export class Twin {
  private readonly body: HTMLTableSectionElement;
  private last: number;

  constructor(private readonly root: HTMLElement) {
    this.body = root.querySelector("tbody")!;
    this.last = Number(this.body.lastElementChild?.getAttribute("data-seq") ?? 0);
  }

  /** Appends the entries that the table does not have yet. */
  add(entries: Entry[], run: string): void {
    const rows = document.createDocumentFragment();
    for (const e of entries) {
      if (!listed(e) || e.seq <= this.last) continue;
      this.last = e.seq;
      rows.append(row(e, run));
    }
    if (rows.childElementCount === 0) return;
    this.body.append(rows);
    this.tellEmpty();
  }

  /** Shows these entries of a run, whatever was shown before; a recorded run has no name. */
  show(entries: Entry[], run: string): void {
    const newest = entries.findLast(listed)?.seq ?? 0;
    if (newest < this.last || this.body.firstElementChild?.getAttribute("data-seq") !== String(entries.find(listed)?.seq)) this.clear();
    this.add(entries, run);
  }

  private tellEmpty(): void {
    const empty = this.root.querySelector<HTMLElement>("[data-empty]");
    if (empty) empty.hidden = this.body.childElementCount > 0;
  }

  clear(): void {
    this.body.replaceChildren();
    this.last = 0;
    this.tellEmpty();
  }
}

/** Whether the table has a row for an entry: a pod's state, or a step. */
function listed(e: Entry): boolean {
  return e.pod !== undefined || (e.note?.step !== undefined && e.note.code !== "ready");
}

function stepRow(e: Entry, note: Note): HTMLTableRowElement {
  const tr = document.createElement("tr");
  tr.dataset["seq"] = String(e.seq);
  tr.dataset["done"] = note.step;
  tr.dataset["note"] = note.code;
  const id = document.createElement("code");
  id.textContent = note.step ?? "";
  const text = cell(`${name("steps", note.code === "step" ? "done" : note.code)}: ${note.text}`);
  text.colSpan = 3;
  tr.append(cell(e.t.toFixed(3), "num"), cell(id), text);
  return tr;
}

function row(e: Entry, run: string): HTMLTableRowElement {
  if (e.note) return stepRow(e, e.note);
  const tr = document.createElement("tr");
  tr.dataset["seq"] = String(e.seq);
  tr.dataset["status"] = e.pod!.status;
  if (e.inferred) tr.dataset["inferred"] = "";
  const name = document.createElement("code");
  name.textContent = e.name ?? "";
  const status = document.createElement("td");
  status.append(run ? whyEntry(run, e.seq, e.pod!.status) : e.pod!.status);
  if (e.type === "deleted") status.append(" ", quiet(`· ${word("deleted")}`));
  if (e.inferred) status.append(" ", quiet(`· ${word("inferred")}`, e.proof));
  tr.append(cell(e.t.toFixed(3), "num"), cell(name), cell(e.pod!.ready), status, cell(String(e.pod!.restarts), "num"));
  return tr;
}

function cell(content: string | Node, kind?: string): HTMLTableCellElement {
  const td = document.createElement("td");
  if (kind) td.className = kind;
  td.append(content);
  return td;
}

function quiet(text: string, title?: string): HTMLSpanElement {
  const span = document.createElement("span");
  span.className = "quiet";
  if (title) span.title = title;
  span.textContent = text;
  return span;
}
