// The cluster's events and the server's notes, in order of arrival.

import type { Entry } from "./wire.ts";
import { whyEntry } from "./why.ts";
import { word } from "./words.ts";

export class Events {
  private readonly body: HTMLTableSectionElement;
  private readonly empty: HTMLElement;
  private readonly scroller: HTMLElement;
  private last: number;

  constructor(root: HTMLElement) {
    this.body = root.querySelector("[data-events]")!;
    this.empty = root.querySelector("[data-events-empty]")!;
    this.scroller = this.body.closest(".scroll")!;
    this.last = Number(this.body.lastElementChild?.getAttribute("data-seq") ?? 0);
  }

  /** Appends the entries that the list does not have yet. */
  add(entries: Entry[], run: string): void {
    const rows = document.createDocumentFragment();
    for (const e of entries) {
      if (e.seq <= this.last || !(e.event ?? e.note)) continue;
      this.last = e.seq;
      rows.append(row(e, run));
    }
    if (rows.childElementCount === 0) return;
    const s = this.scroller;
    const atEnd = s.scrollTop + s.clientHeight >= s.scrollHeight - 24;
    this.body.append(rows);
    this.empty.hidden = true;
    if (atEnd) s.scrollTop = s.scrollHeight;
  }

  clear(): void {
    this.body.replaceChildren();
    this.empty.hidden = false;
    this.last = 0;
  }
}

function row(e: Entry, run: string): HTMLTableRowElement {
  const tr = document.createElement("tr");
  tr.dataset["seq"] = String(e.seq);
  tr.dataset["type"] = e.event?.type ?? "Note";
  if (e.note) tr.dataset["note"] = e.note.code;
  const texts: [string, string][] = e.event
    ? [["num", e.t.toFixed(3)], ["object", e.event.object], ["reason", e.event.reason], ["message", e.event.message]]
    : [["num", e.t.toFixed(3)], ["object", word("byServer")], ["reason", e.note!.code], ["message", e.note!.text]];
  for (const [kind, text] of texts) {
    const td = document.createElement("td");
    td.className = kind;
    td.append(kind === "reason" ? whyEntry(run, e.seq, text) : text);
    tr.append(td);
  }
  if (e.event && e.event.count > 1) {
    const times = document.createElement("span");
    times.className = "quiet";
    times.textContent = ` ×${e.event.count}`;
    tr.cells[2]!.append(times);
  }
  return tr;
}
