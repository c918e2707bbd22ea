// The cluster's events and the server's notes, in order of arrival. Of very many only
// the newest have rows, and the others when the reader asks for them.

import { plain } from "./plain.ts";
import type { Panel } from "./tabs.ts";
import { hide, setText } from "./text.ts";
import type { Entry } from "./wire.ts";
import { whyEntry } from "./why.ts";
import { word } from "./words.ts";

/** How many rows are made at a time. */
const page = 300;
/** With more rows than this the oldest go, while the reader is at the end. */
const most = 2 * page;

export class Events implements Panel {
  private readonly body: HTMLTableSectionElement;
  private readonly empty: HTMLElement;
  private readonly scroller: HTMLElement;
  private readonly earlier: HTMLButtonElement;
  private readonly objects: HTMLSelectElement;
  private readonly warnings: HTMLInputElement;
  /** What is said while there are no events. */
  private readonly nothing: string;
  private run = "";
  private all: Entry[] = [];
  private readonly offered = new Set<string>();
  /** Those that the filter lets through, and which of them have rows. */
  private matching: Entry[] = [];
  private from = 0;
  private to = 0;
  private visible = false;
  /** Whether the panel is on the screen. Only then rows that come are followed, for which they must be laid out. */
  private onScreen = false;
  /** Whether the reader is at the end, and stays there as rows come. */
  private atEnd = true;
  /** The last entry that is shown. */
  private until = Infinity;
  /** The last entry that the server wrote into the page, whose rows stay until the stream has come so far. */
  private written: number;

  constructor(root: HTMLElement) {
    const find = <T extends HTMLElement>(s: string): T => root.querySelector<T>(s)!;
    this.body = find("[data-events]");
    this.empty = find("[data-events-empty]");
    this.scroller = find("[data-event-scroll]");
    this.earlier = find("[data-event-earlier]");
    this.objects = find("[data-event-object]");
    this.warnings = find("[data-event-warnings]");
    this.nothing = this.empty.textContent ?? "";
    this.written = Number(this.body.lastElementChild?.getAttribute("data-seq") ?? 0);
    this.objects.addEventListener("change", () => this.filter());
    this.warnings.addEventListener("change", () => this.filter());
    this.earlier.addEventListener("click", () => this.unfold());
    this.scroller.addEventListener("scroll", () => {
      const s = this.scroller;
      this.atEnd = s.scrollTop + s.clientHeight >= s.scrollHeight - 24;
    }, { passive: true });
    new IntersectionObserver(([entry]) => {
      this.onScreen = entry!.isIntersecting;
      this.stay();
    }).observe(this.scroller.closest(".panel")!);
  }

  show(run: string): void {
    if (this.run !== "" || run === "") this.written = 0;
    this.run = run;
    this.all = [];
    this.offered.clear();
    this.objects.replaceChildren(this.objects.options[0]!);
    if (this.written === 0) this.filter();
    else this.matching = [];
  }

  add(entries: Entry[]): void {
    for (const e of entries) {
      if (!(e.event ?? e.note)) continue;
      this.all.push(e);
      if (e.event) this.offer(e.event.object);
      if (this.passes(e)) this.matching.push(e);
    }
    if ((entries.at(-1)?.seq ?? 0) >= this.written) this.draw();
  }

  seen(seen: boolean): void {
    this.visible = seen;
    this.draw();
  }

  /** Shows those up to an entry, as they were when it came. */
  upTo(seq: number): void {
    if (this.until === seq) return;
    this.until = seq;
    this.filter();
  }

  /** Lets the reader choose an object. */
  private offer(object: string): void {
    if (this.offered.has(object)) return;
    this.offered.add(object);
    this.objects.append(new Option(plain(object), object));
  }

  private passes(e: Entry): boolean {
    if (e.seq > this.until) return false;
    if (this.warnings.checked && e.event?.type !== "Warning") return false;
    return this.objects.value === "" || e.event?.object === this.objects.value;
  }

  /** Chooses anew which entries are shown. */
  private filter(): void {
    this.written = 0;
    this.matching = this.all.filter((e) => this.passes(e));
    this.from = this.to = 0;
    this.body.replaceChildren();
    this.atEnd = true;
    this.draw();
  }

  /** Makes the rows that are due. */
  private draw(): void {
    if (!this.visible || (this.written > 0 && (this.all.at(-1)?.seq ?? 0) < this.written)) return;
    const { atEnd } = this;
    const n = this.matching.length;
    if (this.to === 0) this.body.replaceChildren();
    const anew = this.to === 0 || (atEnd && n - this.to > page);
    if (anew) {
      this.from = this.to = Math.max(0, n - page);
      this.body.replaceChildren();
    }
    this.written = 0;
    this.body.append(...this.matching.slice(this.to, n).map((e) => row(e, this.run)));
    this.to = n;
    if (atEnd && this.to - this.from > most) {
      for (; this.to - this.from > page; this.from++) this.body.firstElementChild!.remove();
    }
    this.tell();
    this.stay(anew);
  }

  /** Keeps the newest row in view for a reader who is at the end; one who does not see the rows finds it there when all are new. */
  private stay(anew = false): void {
    if (this.atEnd && (this.onScreen || anew)) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Makes rows for earlier entries; what the reader saw stays where it is. */
  private unfold(): void {
    const s = this.scroller;
    const below = s.scrollHeight - s.scrollTop;
    const from = Math.max(0, this.from - page);
    this.body.prepend(...this.matching.slice(from, this.from).map((e) => row(e, this.run)));
    this.from = from;
    this.tell();
    s.scrollTop = s.scrollHeight - below;
    if (this.earlier.hidden) s.focus();
  }

  private tell(): void {
    hide(this.earlier, this.from === 0);
    setText(this.earlier, word("earlier", { n: Math.min(page, this.from) }));
    hide(this.empty, this.matching.length > 0);
    setText(this.empty, this.all.length > 0 ? word("noMatch") : this.nothing);
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
    td.append(kind === "reason" ? whyEntry(run, e.seq, plain(text)) : plain(text));
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
