// <joblab-compare>: two runs on one axis, moved, zoomed and played together.

import { ask, said } from "./answer.ts";
import type { Moment, Reel } from "./moment.ts";
import { askedTime, nameTime, Replay } from "./replay.ts";
import type { TimelineElement } from "./timeline.ts";
import type { Entry } from "./wire.ts";

export class CompareElement extends HTMLElement {
  connectedCallback(): void {
    void this.load();
  }

  private async load(): Promise<void> {
    const sides = [...this.querySelectorAll<HTMLElement>("[data-side]")];
    const timelines = sides.map((s) => s.querySelector<TimelineElement>("joblab-timeline")!);
    try {
      const reels = await Promise.all(sides.map((side, i) => reelOf(side, (moment) => timelines[i]!.lookAt(moment))));
      const end = Math.max(...reels.map((r) => r.end()));
      for (const [i, timeline] of timelines.entries()) {
        timeline.reach = end;
        timeline.addEventListener("range", () => {
          for (const other of timelines) if (other !== timeline) other.align(timelines[i]!.span);
        });
      }
      const replay = new Replay(this.querySelector("[data-replay]")!, { moved: (at) => nameTime("t", at === undefined || at >= end ? undefined : at), reachedEnd: () => {} });
      replay.enter(reels, askedTime("t") ?? Infinity);
      addEventListener("hashchange", () => replay.seek(askedTime("t") ?? Infinity));
      this.dataset["ready"] = "";
    } catch (e) {
      this.querySelector("[data-replay-time]")!.textContent = said(e);
    }
  }
}

async function reelOf(side: HTMLElement, show: (moment: Moment | undefined) => void): Promise<Reel> {
  const answer = await ask(side.dataset["entries"]!, {});
  const { entries } = (await answer.json()) as { entries: Entry[] };
  return { entries: () => entries, end: () => entries.at(-1)?.t ?? 0, recorded: side.dataset["run"] === "", show };
}
