// <joblab-timeline>: what was expected and what is observed, on one axis.

import { Keyboard } from "./keyboard.ts";
import { shortcuts } from "./keys.ts";
import { legend, patterns } from "./legend.ts";
import { gutter, Plot } from "./plot.ts";
import type { RunRecord, Shown } from "./record.ts";
import { replayControls, type ReplayControls } from "./replay.ts";
import { approach, type Range } from "./scale.ts";
import { toolbar, type Tools } from "./toolbar.ts";
import { Twin } from "./twin.ts";
import type { Entry, View } from "./wire.ts";
import { word } from "./words.ts";

const nothing: View = { lanes: [], jobs: [] };
const leastSpan = 0.5;
/** How much is shown after the end: the states that stay. */
const tail = 1.12;
/** How much is shown when follow is chosen while all was shown, in seconds. */
const followed = 20;
/** Between two frames of a run that only waits, in milliseconds. */
const calm = 90;

type Mode = "fit" | "follow" | "free";

export class TimelineElement extends HTMLElement {
  private expected: View = nothing;
  private record: RunRecord | undefined;
  /** The name of the run that the record is of. */
  private run = "";
  /** The recorded run, at a time of it, while it is shown instead of record. */
  private replayed: Shown | undefined;
  private replay: ReplayControls | undefined;
  private svg!: SVGSVGElement;
  private plot!: Plot;
  private twin!: Twin;
  private tools!: Tools;
  private keyboard!: Keyboard;
  private detail!: HTMLElement;
  private legend!: HTMLElement;
  private mode: Mode = "fit";
  private range: Range = { from: 0, to: 10 };
  private goal: Range = { from: 0, to: 10 };
  /** What fit shows up to; it grows in steps, so that the axis rests in between. */
  private fitted = 10;
  private width = 0;
  private frame = 0;
  private drawnAt = 0;
  private readonly still = matchMedia("(prefers-reduced-motion: reduce)");

  connectedCallback(): void {
    this.svg = this.querySelector("svg")!;
    this.svg.removeAttribute("aria-hidden");
    this.svg.setAttribute("role", "group");
    this.svg.setAttribute("aria-label", word("help"));
    patterns(this.svg);
    this.plot = new Plot(this.svg);
    this.twin = new Twin(this.querySelector("[data-twin]")!);
    this.legend = document.createElement("ul");
    this.legend.className = "legend";
    this.detail = document.createElement("p");
    this.detail.className = "detail-line";
    this.detail.textContent = word("help");
    this.svg.after(this.legend, this.detail);
    const host = this.closest("section")?.querySelector<HTMLElement>("[data-timeline-tools]");
    this.tools = toolbar(host ?? this, {
      fit: () => this.setMode("fit"),
      follow: () => this.setMode("follow"),
      zoom: (factor) => this.zoom(factor),
      table: (shown) => this.classList.toggle("as-table", shown),
    });
    shortcuts("timeline", [{ keys: ["T"], does: "table", press: () => this.swap() }]);
    this.keyboard = new Keyboard(this.svg, this.plot, {
      show: (text) => (this.detail.textContent = text || word("help")),
      reveal: (from, to) => this.reveal(from, to),
      zoom: (factor) => this.zoom(factor),
      fit: () => this.setMode("fit"),
      redraw: () => this.request(),
      explain: (seq) => {
        if (!this.replayed) this.dispatchEvent(new CustomEvent("why", { detail: seq }));
      },
    });
    const replay = this.closest("section")?.querySelector<HTMLElement>("[data-replay]");
    if (replay) this.replay = replayControls(replay, (shown) => this.setReplayed(shown));
    this.pointers();
    new ResizeObserver(() => {
      this.width = this.svg.clientWidth;
      this.request();
    }).observe(this.svg);
    this.width = this.svg.clientWidth;
    void this.loadExpected();
    this.setMode("fit");
  }

  /** Shows another run, or none. */
  show(record: RunRecord | undefined): void {
    this.replay?.leave();
    if (this.record && record !== this.record) this.twin.clear();
    this.record = record;
    this.fitted = 0;
    this.setMode("fit");
  }

  /** What is drawn as observed: the same as the API's timeline of the run. */
  get view(): View {
    const shown = this.shown;
    return shown ? { lanes: shown.drawer.lanes, jobs: shown.drawer.jobs, marks: shown.drawer.marks } : nothing;
  }

  private get shown(): Shown | undefined {
    return this.replayed ?? this.record;
  }

  /** Shows the recorded run as it was at a time, or again the reader's own. */
  private setReplayed(shown: Shown | undefined): void {
    if (shown) this.twin.show(shown.entries, "");
    else this.twin.show(this.record?.entries ?? [], this.run);
    const changed = (shown === undefined) !== (this.replayed === undefined);
    this.replayed = shown;
    if (!changed) return this.request();
    this.classList.toggle("replayed", shown !== undefined);
    this.fitted = 0;
    this.setMode("fit");
  }

  /** Takes note of entries that the record has got. */
  update(entries: Entry[], run: string): void {
    this.run = run;
    if (!this.replayed) this.twin.add(entries, run);
    this.refit();
    this.request();
  }

  private async loadExpected(): Promise<void> {
    const address = this.dataset["trace"];
    if (address) {
      const answer = await fetch(address);
      if (answer.ok) this.expected = (await answer.json()) as View;
    }
    if (this.expected.source) this.legend.title = word("recorded", { source: this.expected.source });
    this.refit();
    this.range = this.goal;
    this.request();
  }

  /** Shows the table instead of the drawing, or the drawing again, and goes there. */
  private swap(): void {
    this.tools.table();
    const to = this.classList.contains("as-table") ? "[data-twin]" : 'svg [tabindex="0"]';
    this.querySelector<HTMLElement | SVGElement>(to)?.focus();
  }

  private setMode(mode: Mode): void {
    if (mode === "follow" && this.mode === "fit") {
      this.goal = { from: this.goal.from, to: this.goal.from + Math.min(followed, this.goal.to - this.goal.from) };
    }
    this.mode = mode;
    this.tools.mode(mode);
    this.refit();
    this.request();
  }

  /** Sets the goal of the range from the mode. */
  private refit(): void {
    const now = this.shown?.now();
    const least = Math.max(5, (this.expected.end ?? 0) * tail);
    if (now === undefined || this.replayed) this.fitted = least;
    else if (this.record!.ended) this.fitted = Math.max(least, now * tail);
    else if (now > this.fitted * 0.94 || this.fitted < least) this.fitted = Math.max(least, now * 1.3);
    if (this.mode === "fit") {
      this.goal = { from: 0, to: this.fitted };
    } else if (this.mode === "follow" && now !== undefined) {
      const span = this.goal.to - this.goal.from;
      const from = Math.max(0, now - span * 0.8);
      this.goal = { from, to: from + span };
    }
  }

  private zoom(factor: number, at = 0.5): void {
    const span = Math.min(Math.max(this.fitted, 5), Math.max(leastSpan, (this.goal.to - this.goal.from) * factor));
    if (span >= this.fitted) return this.setMode("fit");
    const pivot = this.goal.from + (this.goal.to - this.goal.from) * at;
    this.goal = this.bounded(pivot - span * at, span);
    this.setMode(this.mode === "follow" ? "follow" : "free");
  }

  private pan(seconds: number): void {
    this.goal = this.range = this.bounded(this.goal.from + seconds, this.goal.to - this.goal.from);
    this.setMode("free");
  }

  private bounded(from: number, span: number): Range {
    const start = Math.max(0, Math.min(from, this.fitted - span));
    return { from: start, to: start + span };
  }

  private reveal(from: number, to: number): void {
    if (this.mode === "fit") return;
    const span = this.goal.to - this.goal.from;
    if (from < this.goal.from || Math.min(to, from + span * 0.5) > this.goal.to) {
      this.goal = this.bounded(from - span * 0.2, span);
      this.setMode("free");
    }
  }

  private pointers(): void {
    const plotWidth = (): number => Math.max(60, this.width - gutter(this.width) - 12);
    this.svg.addEventListener("wheel", (e) => {
      const sideways = Math.abs(e.deltaX) > Math.abs(e.deltaY) ? e.deltaX : e.shiftKey ? e.deltaY : 0;
      if (e.ctrlKey || e.metaKey) {
        e.preventDefault();
        const x = e.clientX - this.svg.getBoundingClientRect().left - gutter(this.width);
        this.zoom(Math.exp(e.deltaY * 0.004), Math.min(1, Math.max(0, x / plotWidth())));
      } else if (sideways && this.mode !== "fit") {
        e.preventDefault();
        this.pan((sideways / plotWidth()) * (this.range.to - this.range.from));
      }
    }, { passive: false });
    let from = 0;
    this.svg.addEventListener("pointerdown", (e) => {
      if (e.button !== 0 || this.mode === "fit") return;
      from = e.clientX;
      this.svg.setPointerCapture(e.pointerId);
    });
    this.svg.addEventListener("pointermove", (e) => {
      if (!this.svg.hasPointerCapture(e.pointerId)) return;
      this.pan(((from - e.clientX) / plotWidth()) * (this.range.to - this.range.from));
      from = e.clientX;
    });
  }

  private request(): void {
    if (this.frame === 0 && this.isConnected) this.frame = requestAnimationFrame((t) => this.draw(t));
  }

  private draw(time: number): void {
    this.frame = 0;
    const moving = this.range.from !== this.goal.from || this.range.to !== this.goal.to;
    const live = !this.replayed && this.record !== undefined && !this.record.ended;
    const since = time - this.drawnAt;
    if (live) this.refit();
    if (!moving || this.still.matches) this.range = this.goal;
    else this.range = approach(this.range, this.goal, Math.min(since, 50));
    this.drawnAt = time;
    const observed = this.view;
    this.plot.draw({
      expected: this.expected, observed, now: this.shown?.now(), live, recorded: this.replayed !== undefined,
      range: this.range, width: this.width, active: this.keyboard.active, diverged: this.diverged(),
    });
    legend(this.legend, this.expected, observed, this.replayed !== undefined);
    if (moving) this.request();
    else if (live) setTimeout(() => this.request(), calm);
  }

  /** The segments at which checks diverged, with the reason. */
  private diverged(): Map<number, string> {
    const list = new Map<number, string>();
    for (const v of this.shown?.verdicts.values() ?? []) {
      if (v.state !== "diverged" || !v.seq) continue;
      for (const lane of this.shown!.drawer.lanes) {
        const s = lane.segments.findLast((s) => s.seq <= v.seq!);
        if (s && (lane.pod === v.pod || s.seq === v.seq)) {
          list.set(s.seq, word("diverged", { expected: v.expected ?? "", got: v.got ?? s.status }));
        }
      }
    }
    return list;
  }
}
