// Which time is shown: all of it, the newest part, or where the reader went.

import { approach, type Range } from "./scale.ts";

export type Mode = "fit" | "follow" | "free";

const leastSpan = 0.5;
/** How much is shown after the end: the states that stay. */
const tail = 1.12;
/** How much is shown when follow is chosen while all was shown, in seconds. */
const followed = 20;

export class Zoom {
  mode: Mode = "fit";
  /** What is shown; it moves towards goal. */
  range: Range = { from: 0, to: 10 };
  private goal: Range = { from: 0, to: 10 };
  /** What fit shows up to; it grows in steps, so that the axis rests in between. */
  private fitted = 10;

  get moving(): boolean {
    return this.range.from !== this.goal.from || this.range.to !== this.goal.to;
  }

  /** How many seconds are shown. */
  get span(): number {
    return this.range.to - this.range.from;
  }

  set(mode: Mode): void {
    if (mode === "follow" && this.mode === "fit") {
      this.goal = { from: this.goal.from, to: this.goal.from + Math.min(followed, this.goal.to - this.goal.from) };
    }
    this.mode = mode;
  }

  /** Forgets how far the time went. */
  reset(): void {
    this.fitted = 0;
    this.mode = "fit";
  }

  /** Sets the goal from how far the time goes: least is that of what is expected. */
  refit(least: number, now: number | undefined, ended: boolean): void {
    const whole = Math.max(5, least * tail);
    if (now === undefined) this.fitted = whole;
    else if (ended) this.fitted = Math.max(whole, now * tail);
    else if (now > this.fitted * 0.94 || this.fitted < whole) this.fitted = Math.max(whole, now * 1.3);
    if (this.mode === "fit") {
      this.goal = { from: 0, to: this.fitted };
    } else if (this.mode === "follow" && now !== undefined) {
      const span = this.goal.to - this.goal.from;
      const from = Math.max(0, now - span * 0.8);
      this.goal = { from, to: from + span };
    }
  }

  /** Shows more or less around a place of the axis, from 0 to 1. */
  by(factor: number, at: number): void {
    const span = Math.min(Math.max(this.fitted, 5), Math.max(leastSpan, (this.goal.to - this.goal.from) * factor));
    if (span >= this.fitted) return this.set("fit");
    const pivot = this.goal.from + (this.goal.to - this.goal.from) * at;
    this.goal = this.bounded(pivot - span * at, span);
    if (this.mode === "fit") this.mode = "free";
  }

  /** Moves by a share of what is shown. */
  pan(share: number): void {
    if (this.mode === "fit") return;
    const span = this.goal.to - this.goal.from;
    this.goal = this.range = this.bounded(this.goal.from + share * span, span);
    this.mode = "free";
  }

  /** Shows a time, at once, if it is not shown. */
  reveal(from: number, to: number): void {
    if (this.mode === "fit") return;
    const span = this.goal.to - this.goal.from;
    if (from < this.goal.from || Math.min(to, from + span * 0.5) > this.goal.to) {
      this.goal = this.range = this.bounded(from - span * 0.2, span);
      this.mode = "free";
    }
  }

  /** Moves what is shown towards the goal by as much as an interval allows. */
  step(milliseconds: number): void {
    this.range = approach(this.range, this.goal, milliseconds);
  }

  /** What is shown, or will be; undefined if it is all. */
  get part(): Range | undefined {
    return this.mode === "fit" ? undefined : this.goal;
  }

  /** Shows a part at once, or all. */
  align(span: Range | undefined): void {
    this.mode = span ? "free" : "fit";
    if (span) this.goal = this.range = span;
  }

  /** All of a run of a length, with what is shown after its end. */
  static whole(length: number): Range {
    return { from: 0, to: Math.max(5, length * tail) };
  }

  jump(): void {
    this.range = this.goal;
  }

  private bounded(from: number, span: number): Range {
    const start = Math.max(0, Math.min(from, this.fitted - span));
    return { from: start, to: start + span };
  }
}
