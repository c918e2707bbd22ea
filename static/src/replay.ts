// The controls that show runs as they were: played, moved by a slider, or from entry
// to entry. Nothing is done while they are not played.

import { shortcuts } from "./keys.ts";
import { Moment, neighbour, stamp, type Reel } from "./moment.ts";
import { duration, word } from "./words.ts";

/** What the controls do besides moving the time. */
export interface Stage {
  /** The time is at, or no time is shown any more. */
  moved(at: number | undefined): void;
  /** Playing has come to the end. */
  reachedEnd(): void;
}

/** How often in a second of a run a frame is drawn while it is played. */
const frames = { smooth: 10, still: 1 };

export class Replay {
  private showing: { reel: Reel; moment: Moment | undefined }[] = [];
  private at = 0;
  private drawn = -1;
  private speed = 1;
  private frame = 0;
  private before = 0;
  private readonly play: HTMLButtonElement;
  private readonly slider: HTMLInputElement;
  private readonly time: HTMLElement;
  private readonly still = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(private readonly host: HTMLElement, private readonly stage: Stage) {
    this.play = host.querySelector("[data-replay-play]")!;
    this.slider = host.querySelector("[data-replay-at]")!;
    this.time = host.querySelector("[data-replay-time]")!;
    this.play.addEventListener("click", () => this.toggle());
    this.slider.addEventListener("input", () => this.seek(Number(this.slider.value)));
    this.slider.addEventListener("change", () => this.rest());
    const speeds = [...host.querySelectorAll<HTMLButtonElement>("[data-replay-speed]")];
    for (const button of speeds) {
      button.addEventListener("click", () => {
        this.speed = Number(button.dataset["replaySpeed"]);
        for (const b of speeds) b.setAttribute("aria-pressed", String(b === button));
      });
    }
    for (const button of host.querySelectorAll<HTMLButtonElement>("[data-replay-step]")) {
      button.addEventListener("click", () => this.step(button.dataset["replayStep"] === "1" ? 1 : -1));
    }
    host.addEventListener("keydown", (e) => this.down(e));
    shortcuts("replay", [{ keys: ["Space"], does: "play" }, { keys: [","], does: "entryBefore" }, { keys: ["."], does: "entryAfter" }]);
  }

  /** What is shown at a time of it; none if that is off. */
  get reels(): Reel[] {
    return this.showing.map((s) => s.reel);
  }

  /** Shows runs at a time of theirs, and nothing else of before. */
  enter(reels: Reel[], at: number): void {
    this.pause();
    this.showing = reels.map((reel) => ({ reel, moment: undefined }));
    this.host.dataset["on"] = reels[0]?.recorded ? "recorded" : "own";
    this.grow();
    this.seek(at);
    this.rest();
  }

  /** Shows the runs as they are. */
  leave(): void {
    if (this.showing.length === 0) return;
    this.pause();
    const left = this.reels;
    this.showing = [];
    delete this.host.dataset["on"];
    for (const reel of left) reel.show(undefined);
    this.stage.moved(undefined);
  }

  /** Takes note that there is more to show. */
  grow(): void {
    const end = String(Math.ceil(this.end * 10) / 10);
    if (this.slider.max !== end) this.slider.max = end;
  }

  seek(t: number): void {
    this.at = Math.min(this.end, Math.max(0, t));
    this.before = performance.now();
    this.draw();
  }

  start(): void {
    if (this.frame || this.showing.length === 0) return;
    if (this.at >= this.end) this.seek(0);
    this.play.textContent = word("pause");
    this.host.dataset["playing"] = "";
    this.before = performance.now();
    this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  private get end(): number {
    return Math.max(0, ...this.showing.map((s) => stamp(s.reel.end())));
  }

  private toggle(): void {
    if (!this.frame) return this.start();
    this.pause();
    this.rest();
  }

  private pause(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.play.textContent = word("play");
    delete this.host.dataset["playing"];
  }

  private tick(now: number): void {
    this.grow();
    this.at = Math.min(this.end, this.at + (Math.max(0, now - this.before) / 1000) * this.speed);
    this.before = now;
    const frame = Math.floor(this.at * (this.still.matches ? frames.still : frames.smooth));
    if (frame !== this.drawn || this.at >= this.end) this.draw();
    this.drawn = frame;
    if (this.at < this.end) {
      this.frame = requestAnimationFrame((now) => this.tick(now));
      return;
    }
    this.pause();
    this.rest();
    this.stage.reachedEnd();
  }

  private step(direction: 1 | -1): void {
    const to = neighbour(this.reels, this.at, direction);
    if (to === undefined) return;
    this.pause();
    this.seek(to);
    this.rest();
  }

  private down(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey || this.showing.length === 0) return;
    if (e.key === ".") this.step(1);
    else if (e.key === ",") this.step(-1);
    else if (e.key === " " && e.target === this.slider) this.toggle();
    else return;
    e.preventDefault();
  }

  private draw(): void {
    const text = duration(this.at);
    this.slider.value = String(this.at);
    this.slider.setAttribute("aria-valuetext", text);
    this.time.textContent = `${text} / ${duration(this.end)}`;
    for (const s of this.showing) {
      if (!s.moment || s.moment.at > this.at) s.moment = new Moment(s.reel);
      s.moment.goOn(this.at);
      s.reel.show(s.moment);
    }
  }

  /** The time stays as it is for now, so that the address may name it. */
  private rest(): void {
    if (this.showing.length > 0) this.stage.moved(stamp(this.at));
  }
}

/** The time that the page's address asks for: "#t=12.3"; undefined if it asks for none. */
export function askedTime(name: "t" | "recorded"): number | undefined {
  const value = new URLSearchParams(location.hash.slice(1)).get(name);
  const t = Number(value);
  return value && Number.isFinite(t) && t >= 0 ? t : undefined;
}

/** Makes the page's address name a time, or none. It is no step of the browser's history. */
export function nameTime(name: "t" | "recorded", at: number | undefined): void {
  const hash = at === undefined ? "" : `#${name}=${at}`;
  if (location.hash !== hash) history.replaceState(history.state, "", location.pathname + location.search + hash);
}
