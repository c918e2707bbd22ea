// The recorded run: shown at any time of it, or played.

import { Drawer } from "./drawer.ts";
import type { Shown } from "./record.ts";
import type { Entry, Verdict } from "./wire.ts";
import { duration, word } from "./words.ts";

export interface ReplayControls {
  /** Goes back to the reader's own run. */
  leave(): void;
}

/** The recorded run as it was at a time. */
class Moment implements Shown {
  readonly entries: Entry[] = [];
  readonly drawer = new Drawer();
  readonly verdicts: ReadonlyMap<string, Verdict> = new Map();

  constructor(recorded: Entry[], private readonly at: number) {
    for (const e of recorded) {
      if (e.t > at) break;
      this.entries.push(e);
      this.drawer.add(e);
    }
  }

  now(): number {
    return this.at;
  }
}

/**
 * Lets the controls in host choose what show gets: a moment of the recorded run,
 * or nothing. The run is fetched when it is asked for first.
 */
export function replayControls(host: HTMLElement, show: (shown: Shown | undefined) => void): ReplayControls {
  const find = <T extends HTMLElement>(selector: string): T => host.querySelector<T>(selector)!;
  const toggle = find<HTMLButtonElement>("[data-replay-toggle]");
  const play = find<HTMLButtonElement>("[data-replay-play]");
  const slider = find<HTMLInputElement>("[data-replay-at]");
  const time = find<HTMLElement>("[data-replay-time]");
  const speeds = [...host.querySelectorAll<HTMLButtonElement>("[data-replay-speed]")];
  let recorded: Entry[] | undefined;
  let on = false;
  let speed = 1;
  let at = 0;
  let drawn = -1;
  let frame = 0;
  let before = 0;

  const end = (): number => Number(slider.max);

  const seek = (t: number): void => {
    at = Math.min(end(), Math.max(0, t));
    slider.value = String(at);
    time.textContent = `${duration(at)} / ${duration(end())}`;
    slider.setAttribute("aria-valuetext", duration(at));
    // While it plays, a frame a tenth of a second of the record is as smooth.
    if (at !== end() && Math.floor(at * 10) === drawn) return;
    drawn = at === end() ? -1 : Math.floor(at * 10);
    show(new Moment(recorded!, at));
  };

  const pause = (): void => {
    cancelAnimationFrame(frame);
    frame = 0;
    play.textContent = word("play");
    delete host.dataset["playing"];
  };

  const step = (now: number): void => {
    const passed = ((now - before) / 1000) * speed;
    before = now;
    seek(at + passed);
    if (at < end()) frame = requestAnimationFrame(step);
    else pause();
  };

  const start = (): void => {
    if (at >= end()) seek(0);
    play.textContent = word("pause");
    host.dataset["playing"] = "";
    before = performance.now();
    frame = requestAnimationFrame(step);
  };

  const leave = (): void => {
    if (!on) return;
    on = false;
    pause();
    delete host.dataset["on"];
    toggle.setAttribute("aria-pressed", "false");
    show(undefined);
  };

  const enter = async (): Promise<void> => {
    toggle.disabled = true;
    try {
      if (!recorded) {
        const answer = await fetch(host.dataset["recording"]!);
        if (!answer.ok) throw new Error(String(answer.status));
        recorded = ((await answer.json()) as { entries: Entry[] }).entries;
        slider.max = String(Math.ceil((recorded.at(-1)?.t ?? 0) * 10) / 10);
      }
      on = true;
      host.dataset["on"] = "";
      toggle.setAttribute("aria-pressed", "true");
      drawn = -1;
      seek(at);
    } catch {
      time.textContent = word("noServer");
    } finally {
      toggle.disabled = false;
    }
  };

  toggle.addEventListener("click", () => {
    if (on) leave();
    else void enter();
  });
  play.addEventListener("click", () => {
    if (frame) pause();
    else start();
  });
  slider.addEventListener("input", () => {
    drawn = -1;
    seek(Number(slider.value));
    before = performance.now();
  });
  for (const button of speeds) {
    button.addEventListener("click", () => {
      speed = Number(button.dataset["replaySpeed"]);
      for (const b of speeds) b.setAttribute("aria-pressed", String(b === button));
    });
  }
  return { leave };
}
