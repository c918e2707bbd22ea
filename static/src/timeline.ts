// <joblab-timeline>: what was expected and what is observed, on one axis.

import { divergences, type Divergence } from "./divergence.ts";
import { axisOf, coarse } from "./frame.ts";
import { Keyboard, type Stop } from "./keyboard.ts";
import { shortcuts } from "./keys.ts";
import { axisHeight, laneHeight, tallest } from "./layout.ts";
import { Legend } from "./legend.ts";
import { Plot, type Frame } from "./plot.ts";
import { onPaper, paperWidth } from "./paper.ts";
import { gestures } from "./pointer.ts";
import type { RunRecord, Shown } from "./record.ts";
import { Playback } from "./playback.ts";
import { Still } from "./still.ts";
import type { Range } from "./scale.ts";
import { toolbar, type Tools } from "./toolbar.ts";
import { Twin } from "./twin.ts";
import type { Entry, View } from "./wire.ts";
import { word } from "./words.ts";
import { Zoom, type Mode } from "./zoom.ts";

const nothing: View = { lanes: [], jobs: [] };
/** How often the time goes on, in milliseconds: tenths of seconds are shown, or seconds. */
const pace = 90;
const coarsePace = 450;
/** With so many entries at once the legend is made anew, not changed. */
const many = 100;

/** What is drawn of a run. */
function viewOf(shown: Shown | undefined): View {
  return shown ? { lanes: shown.drawer.lanes, jobs: shown.drawer.jobs, marks: shown.drawer.marks } : nothing;
}

export class TimelineElement extends HTMLElement {
  private expected: View = nothing;
  private record: RunRecord | undefined;
  /** The name of the run that the record is of. */
  private run = "";
  /** A run at a time of it, while that is shown instead of record. */
  private replayed: Shown | undefined;
  /** The run as it was when the picture was stopped. */
  private stopped: Still | undefined;
  private playback: Playback | undefined;
  /** Up to when another run on the same axis goes. */
  private reached = 0;
  private scroller!: HTMLElement;
  private drawing!: HTMLElement;
  private plot!: Plot;
  private twin!: Twin;
  private tools!: Tools;
  private keyboard!: Keyboard;
  private detail!: HTMLElement;
  private legend!: Legend;
  private diverged: Divergence[] = [];
  private divergedTexts = new Map<number, string>();
  private readonly zoom = new Zoom();
  private width = 0;
  private high = 0;
  private top = 0;
  private tall = false;
  private frame = 0;
  /**
   * The time that is drawn. It goes on at its own pace, however many entries come: all
   * states that go on are drawn anew for it, for an entry only what it changed.
   */
  private clock: number | undefined;
  private ticking = 0;
  private due = true;
  /**
   * Whether it is known what the lab expects or, where it is not asked for, what is to be
   * looked at: drawn without it, all would move when it comes.
   */
  private loaded = false;
  private drawnAt = 0;
  private readonly still = matchMedia("(prefers-reduced-motion: reduce)");

  connectedCallback(): void {
    this.scroller = this.querySelector<HTMLElement>("[data-plot]")!;
    this.drawing = this.scroller.querySelector<HTMLElement>(".plot")!;
    this.tall = this.scroller.hasAttribute("data-tall");
    this.drawing.removeAttribute("aria-hidden");
    this.drawing.setAttribute("role", "group");
    this.drawing.setAttribute("aria-label", word("help"));
    this.plot = new Plot(this.drawing, this.scroller.querySelector<SVGSVGElement>("svg.plot-axis")!);
    this.twin = new Twin(this.querySelector("[data-twin]")!);
    this.legend = new Legend(this.querySelector<HTMLElement>("[data-legend]")!, this.plot.patterns);
    this.detail = this.querySelector<HTMLElement>("[data-detail]")!;
    this.detail.textContent = word("help");
    const host = this.closest("section")?.querySelector<HTMLElement>("[data-timeline-tools]");
    this.tools = toolbar(host ?? this, {
      fit: () => this.setMode("fit"),
      follow: () => this.setMode("follow"),
      zoom: (factor) => this.zoomBy(factor, 0.5),
      table: (shown) => {
        this.classList.toggle("as-table", shown);
        this.twin.look(shown);
      },
      pause: () => this.pause(),
      divergence: () => this.jumpToDivergence(),
    });
    shortcuts("timeline", [{ keys: ["T"], does: "table", press: () => this.swap() }]);
    this.keyboard = new Keyboard(this.drawing, {
      rows: () => this.plot.rows,
      steps: () => this.shown?.drawer.marks ?? [],
      page: () => Math.floor((this.high - axisHeight) / laneHeight),
      show: (text) => (this.detail.textContent = text || word("help")),
      reveal: (stop) => this.reveal(stop),
      zoom: (factor) => this.zoomBy(factor, 0.5),
      pan: (share) => this.pan(share),
      fit: () => this.setMode("fit"),
      follow: () => this.setMode("follow"),
      pause: () => this.pause(),
      divergence: () => this.jumpToDivergence(),
      redraw: () => this.request(),
      explain: (seq) => {
        if (this.run && !this.replayed?.past?.recorded) this.dispatchEvent(new CustomEvent("why", { detail: seq }));
      },
    });
    gestures(this.drawing, {
      zoom: (factor, at) => this.zoomBy(factor, at),
      pan: (share) => this.pan(share),
      axis: () => axisOf(this.width),
    });
    const replay = this.closest("section")?.querySelector<HTMLElement>("[data-replay]");
    if (replay) this.playback = new Playback(replay, (moment) => this.lookAt(moment));
    addEventListener("beforeprint", () => this.twin.fill());
    addEventListener("beforeprint", () => this.scroller.before(onPaper(this.whole(paperWidth, this.shown))));
    addEventListener("afterprint", () => this.querySelector(".paper-parts")?.remove());
    this.scroller.addEventListener("scroll", () => {
      this.top = this.scroller.scrollTop;
      this.request();
    }, { passive: true });
    new ResizeObserver(([entry]) => this.measure(entry!.contentRect)).observe(this.scroller);
    void this.loadExpected();
    this.setMode("fit");
  }

  /** Shows another run, or none. */
  show(record: RunRecord | undefined): void {
    this.playback?.leave();
    this.stopped = undefined;
    if (this.record && record !== this.record) this.twin.clear();
    this.record = record;
    this.playback?.show(record);
    this.changed();
  }

  /** What is drawn as observed: the same as the API's timeline of the run. */
  get view(): View {
    return viewOf(this.shown);
  }

  /** What the lab expects. */
  get expectation(): View {
    return this.expected;
  }

  /** Brings the first divergence into view and goes to it. It reports whether there is one. */
  jumpToDivergence(): boolean {
    const first = this.diverged[0];
    if (!first) return false;
    this.keyboard.go(first.key);
    return true;
  }

  /** Stops the picture, while the record goes on, or lets it go on. */
  pause(): void {
    if (this.stopped) this.stopped = undefined;
    else if (this.record && !this.record.ended && !this.replayed) this.stopped = new Still(this.record);
    else return;
    this.toggleAttribute("data-paused", this.stopped !== undefined);
    this.judge();
    this.legend.reset(this.view);
    this.tellPaused();
    this.refit();
    this.request();
  }

  private get shown(): Shown | undefined {
    return this.replayed ?? this.stopped ?? this.record;
  }

  /**
   * Shows a run as it was at a time, or again the reader's own as it is. The event
   * "moment" says so: its detail is the reader's own run at that time, if it is shown.
   */
  lookAt(shown: Shown | undefined): void {
    this.loaded ||= this.dataset["trace"] === undefined;
    if (shown) this.twin.show(shown.entries, shown.past?.recorded ? "" : this.run);
    else this.twin.show(this.record?.entries ?? [], this.run);
    const changed = (shown === undefined) !== (this.replayed === undefined) || shown?.past?.recorded !== this.replayed?.past?.recorded;
    this.replayed = shown;
    if (shown) this.stopped = undefined;
    this.dispatchEvent(new CustomEvent("moment", { detail: shown?.past?.recorded ? undefined : shown }));
    if (changed) {
      this.classList.toggle("replayed", shown?.past?.recorded === true);
      return this.changed();
    }
    this.judge();
    this.legend.reset(this.view);
    this.request();
  }

  /** Another run on the same axis goes up to end, in seconds, so that as much is shown. */
  set reach(end: number) {
    this.reached = end;
    this.refit();
    this.zoom.jump();
    this.request();
  }

  /** What part of the axis is shown; undefined if all is. */
  get span(): Range | undefined {
    return this.zoom.part;
  }

  /** Shows the same part of the axis as another timeline, without telling of it. */
  align(span: Range | undefined): void {
    this.zoom.align(span);
    this.refit();
    this.request();
  }

  /** A run, all lanes from its beginning to its end, as a drawing of a width shows it: as it is, if not told otherwise. */
  whole(width: number, shown: Shown | undefined = this.record): Frame {
    const now = shown?.now();
    return {
      expected: this.expected, observed: viewOf(shown), now, live: shown !== undefined && shown === this.record && !this.record.ended,
      recorded: shown?.past?.recorded === true, width, active: "",
      range: Zoom.whole(Math.max(this.expected.end ?? 0, this.reached, shown?.past?.end ?? 0, now ?? 0)),
      diverged: new Map(divergences(shown).toReversed().map((d) => [d.seq, d.text])),
    };
  }

  /** Shows all of another run. */
  private changed(): void {
    this.due = true;
    this.toggleAttribute("data-paused", this.stopped !== undefined);
    this.judge();
    this.legend.reset(this.view);
    this.tellPaused();
    this.zoom.reset();
    this.setMode("fit");
  }

  /** Takes note of entries that the record has got. */
  update(entries: Entry[], run: string): void {
    this.run = run;
    if (!this.replayed) this.twin.add(entries, run);
    this.playback?.grow();
    this.tellPaused();
    if (this.replayed || this.stopped) return;
    if (entries.some((e) => e.verdict)) this.judge();
    if (entries.length > many || entries.some((e) => e.note)) this.legend.reset(this.view);
    else this.legend.add(entries.flatMap((e) => this.record?.drawer.lane(e.event?.objectUID ?? e.uid ?? "") ?? []));
    this.refit();
    this.request();
  }

  private async loadExpected(): Promise<void> {
    const address = this.dataset["trace"];
    if (address === undefined) return;
    if (address) {
      const answer = await fetch(address).catch(() => undefined);
      if (answer?.ok) this.expected = (await answer.json()) as View;
    }
    this.loaded = true;
    if (this.expected.source) this.querySelector<HTMLElement>("[data-legend]")!.title = word("recorded", { source: this.expected.source });
    this.refit();
    this.zoom.jump();
    this.request();
  }

  /** Shows the table instead of the drawing, or the drawing again, and goes there. */
  private swap(): void {
    this.tools.table();
    if (this.classList.contains("as-table")) return this.querySelector<HTMLElement>("[data-twin]")!.focus();
    this.width = this.drawing.clientWidth;
    this.draw(performance.now());
    this.drawing.querySelector<SVGElement>('[tabindex="0"]')?.focus();
  }

  private setMode(mode: Mode): void {
    this.zoom.set(mode);
    this.refit();
    this.request();
    this.dispatchEvent(new Event("range"));
  }

  private refit(): void {
    const least = Math.max(this.expected.end ?? 0, this.reached, this.replayed?.past?.end ?? 0);
    this.zoom.refit(least, this.replayed ? undefined : this.shown?.now(), this.record?.ended ?? false);
    this.tools.mode(this.zoom.mode);
  }

  private zoomBy(factor: number, at: number): void {
    this.zoom.by(factor, at);
    this.refit();
    this.request();
    this.dispatchEvent(new Event("range"));
  }

  private pan(share: number): boolean {
    this.zoom.pan(share);
    this.refit();
    this.request();
    this.dispatchEvent(new Event("range"));
    return this.zoom.mode !== "fit";
  }

  private reveal(stop: Stop): void {
    this.zoom.reveal(stop.from, stop.to ?? stop.from);
    this.dispatchEvent(new Event("range"));
    this.tools.mode(this.zoom.mode);
    this.draw(performance.now());
  }

  /** Finds the divergences anew. */
  private judge(): void {
    this.diverged = divergences(this.shown);
    this.divergedTexts = new Map();
    for (const d of this.diverged) if (!this.divergedTexts.has(d.seq)) this.divergedTexts.set(d.seq, d.text);
    // The page knows it before the entries have come, and keeps the button's place.
    const known = this.record?.ended === false && this.closest(".bench")?.querySelector("[data-check][data-state=diverged]");
    this.tools.diverged(this.diverged.length > 0 || Boolean(known));
  }

  private tellPaused(): void {
    // Before its entries have come, an ended run's record has not ended.
    const live = this.closest("[data-live]") !== null && this.record !== undefined && !this.record.ended && !this.replayed;
    this.tools.paused(live, this.stopped?.waiting);
  }

  /** Takes note of the size, so that no frame has to ask for it, which would lay the page out. */
  private measure({ width, height }: DOMRectReadOnly): void {
    this.width = width;
    this.high = height;
    this.request();
  }

  private request(): void {
    if (this.frame === 0 && this.isConnected && this.loaded && this.width > 0) this.frame = requestAnimationFrame((t) => this.draw(t));
  }

  private draw(time: number): void {
    if (this.width === 0) return;
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const live = !this.replayed && !this.stopped && this.record !== undefined && !this.record.ended;
    if (live) this.refit();
    const moving = this.zoom.moving;
    if (!live || moving || this.due) this.clock = this.shown?.now();
    this.due = false;
    if (this.still.matches) this.zoom.jump();
    else if (moving) this.zoom.step(Math.min(Math.max(0, time - this.drawnAt), 50));
    this.drawnAt = time;
    const recorded = this.replayed?.past?.recorded === true;
    this.plot.draw({
      expected: this.expected, observed: this.view, now: this.clock, live, recorded,
      range: this.zoom.range, width: this.width, active: this.keyboard.active, diverged: this.divergedTexts,
      viewport: { top: this.top, bottom: this.top + this.high - axisHeight },
    });
    if (this.plot.height > tallest !== this.tall) this.tall = this.scroller.toggleAttribute("data-tall");
    this.legend.show(this.expected, recorded);
    if (moving) this.request();
    else if (live) this.ticking ||= setTimeout(() => this.tick(), this.zoom.span > coarse ? coarsePace : pace);
  }

  private tick(): void {
    this.ticking = 0;
    this.due = true;
    this.request();
  }
}
