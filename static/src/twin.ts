// The table twin: what kubectl get pods --watch would have printed.

import { copyButton } from "./copy.ts";
import { asPrinted } from "./printed.ts";
import type { Entry, Note } from "./wire.ts";
import { whyEntry } from "./why.ts";
import { name, word } from "./words.ts";

/** How many rows are made at once: what takes a frame's time, about. */
const atOnce = 200;
/** With more rows than these, more are made only for a reader who sees the table. */
const unseen = 600;

export class Twin {
  private readonly body: HTMLTableSectionElement;
  /** The seq of the last entry that has a row, or waits for one. */
  private last: number;
  private first: number;
  private run = "";
  /** What comes in great number, as when a page is opened, gets its rows bit by bit. */
  private waiting: Entry[] = [];
  private timer = 0;
  private entries: Entry[] = [];
  private seen = false;

  constructor(private readonly root: HTMLElement) {
    this.body = root.querySelector("tbody")!;
    this.first = Number(this.body.firstElementChild?.getAttribute("data-seq") ?? 0);
    this.last = Number(this.body.lastElementChild?.getAttribute("data-seq") ?? 0);
    const button = root.querySelector<HTMLButtonElement>("[data-twin-copy]");
    if (button) copyButton(button, () => asPrinted(this.entries));
  }

  /** Appends the entries that the table does not have yet. */
  add(entries: Entry[], run: string): void {
    this.run = run;
    for (const e of entries) {
      if (!listed(e)) continue;
      // Of very many the server has written only the newest.
      if (e.seq < this.first) this.clear();
      if (e.seq > (this.entries.at(-1)?.seq ?? 0)) this.entries.push(e);
      if (e.seq <= this.last) continue;
      this.first ||= e.seq;
      this.last = e.seq;
      this.waiting.push(e);
    }
    if (this.timer === 0) this.append();
  }

  /** Takes note whether the reader sees the table. */
  look(seen: boolean): void {
    this.seen = seen;
    if (this.timer === 0) this.append();
  }

  /** Makes all rows that wait, as for paper. */
  fill(): void {
    while (this.waiting.length > 0) this.make();
  }

  /** Shows these entries of a run, whatever was shown before; a recorded run has no name. */
  show(entries: Entry[], run: string): void {
    const newest = entries.findLast(listed)?.seq ?? 0;
    if (newest < this.last || this.first !== entries.find(listed)?.seq) this.clear();
    this.add(entries, run);
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = this.first = this.last = 0;
    this.waiting = [];
    this.entries = [];
    this.body.replaceChildren();
    this.tellEmpty();
  }

  private append(): void {
    if (!this.due) return;
    this.make();
    if (!this.due) return;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.append();
    });
  }

  private get due(): boolean {
    return this.waiting.length > 0 && (this.seen || this.body.childElementCount < unseen);
  }

  private make(): void {
    this.body.append(...this.waiting.splice(0, atOnce).map((e) => row(e, this.run)));
    this.tellEmpty();
  }

  private tellEmpty(): void {
    const empty = this.root.querySelector<HTMLElement>("[data-empty]");
    if (empty) empty.hidden = this.body.childElementCount > 0;
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
