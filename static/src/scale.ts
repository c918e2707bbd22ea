// A linear axis of seconds.

import { duration, word } from "./words.ts";

export interface Range {
  from: number;
  to: number;
}

const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];

/** Where the time t is, in pixels from the left of a plot of a width. */
export function place(t: number, range: Range, width: number): number {
  return ((t - range.from) / (range.to - range.from)) * width;
}

/** The round times that fit with at least `apart` pixels between them. */
export function ticks(range: Range, width: number, apart: number): { t: number; text: string }[] {
  const most = Math.max(1, width / apart);
  const span = range.to - range.from;
  const step = steps.find((s) => span / s <= most) ?? Math.ceil(span / most / 3600) * 3600;
  const list = [];
  for (let i = Math.ceil(range.from / step - 1e-9); i * step <= range.to + 1e-9; i++) {
    const t = i * step;
    list.push({ t, text: tickText(t, step) });
  }
  return list;
}

function tickText(t: number, step: number): string {
  if (t >= 120 && step >= 60) return duration(t).replace(/ 0\D*$/, "");
  return word("seconds", { n: step < 1 ? t.toFixed(1) : String(Math.round(t)) });
}

/** Moves a range towards another by the share of the way that an interval allows. */
export function approach(now: Range, goal: Range, milliseconds: number): Range {
  const share = 1 - Math.exp(-milliseconds / 110);
  const next = { from: now.from + (goal.from - now.from) * share, to: now.to + (goal.to - now.to) * share };
  const near = (goal.to - goal.from) * 0.0008;
  return Math.abs(next.from - goal.from) < near && Math.abs(next.to - goal.to) < near ? goal : next;
}
