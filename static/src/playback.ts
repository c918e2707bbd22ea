// What is replayed on a run's timeline: the reader's own run, or the recorded one.

import { ask, said } from "./answer.ts";
import { stamp, type Moment, type Reel } from "./moment.ts";
import type { RunRecord } from "./record.ts";
import { askedTime, nameTime, Replay } from "./replay.ts";
import { hide, setText } from "./text.ts";
import type { Entry } from "./wire.ts";
import { word } from "./words.ts";

export class Playback {
  private readonly replay: Replay;
  private readonly own: HTMLButtonElement;
  private readonly toggle: HTMLButtonElement | null;
  private readonly divergence: HTMLButtonElement;
  private readonly live: HTMLButtonElement;
  private record: RunRecord | undefined;
  private recorded: Entry[] | undefined;
  /** What is said of the recorded run. */
  private readonly about: string;
  /** What the address asks for, until the run has come so far. */
  private asked: number | undefined;
  private readonly ownReel: Reel;
  private readonly recordedReel: Reel;

  /** show gets what the timeline shows instead of the run as it is. */
  constructor(private readonly host: HTMLElement, show: (moment: Moment | undefined) => void) {
    this.own = host.querySelector("[data-replay-own]")!;
    this.toggle = host.querySelector("[data-replay-toggle]");
    this.divergence = host.querySelector("[data-replay-divergence]")!;
    this.live = host.querySelector("[data-replay-live]")!;
    this.about = host.querySelector("[data-note=recorded]")?.textContent ?? "";
    this.ownReel = { entries: () => this.record?.entries ?? [], end: () => this.record?.now() ?? 0, recorded: false, show };
    this.recordedReel = { entries: () => this.recorded ?? [], end: () => this.recorded?.at(-1)?.t ?? 0, recorded: true, show };
    this.replay = new Replay(host, {
      moved: (at) => this.moved(at),
      reachedEnd: () => {
        if (this.isOn(this.ownReel) && !this.record!.ended) this.replay.leave();
      },
    });
    this.own.addEventListener("click", () => {
      if (this.isOn(this.ownReel)) this.replay.leave();
      else this.look();
    });
    this.toggle?.addEventListener("click", () => {
      if (this.isOn(this.recordedReel)) return this.replay.leave();
      // Who starts a run meanwhile wants to see that.
      const { record } = this;
      void this.enterRecorded(0, () => record === this.record);
    });
    this.divergence.addEventListener("click", () => {
      const t = this.record?.divergedAt;
      if (t !== undefined) this.replay.enter([this.ownReel], stamp(t));
    });
    this.live.addEventListener("click", () => {
      this.replay.leave();
      this.own.focus();
    });
    addEventListener("hashchange", () => this.ask());
    this.ask();
  }

  /** Another run is shown, or none. */
  show(record: RunRecord | undefined): void {
    this.replay.leave();
    this.record = record;
    this.own.hidden = record === undefined;
    if (record) this.host.hidden = false;
    this.grow();
  }

  /** Takes note that the run has got entries. */
  grow(): void {
    const record = this.record;
    if (!record) return;
    setText(this.own, word(record.ended ? "replay" : "lookBack"));
    hide(this.divergence, record.divergedAt === undefined);
    if (this.asked !== undefined && (record.ended || record.last > 0 && record.entries.at(-1)!.t >= this.asked)) {
      this.replay.enter([this.ownReel], this.asked);
    } else if (this.isOn(this.ownReel)) {
      this.replay.grow();
      this.live.hidden = record.ended;
    }
  }

  leave(): void {
    this.replay.leave();
  }

  /** A run that has ended is played from its beginning; one that goes on is shown as it is now, and stays so. */
  private look(): void {
    if (!this.record) return;
    this.replay.enter([this.ownReel], this.record.ended ? 0 : this.ownReel.end());
    if (this.record.ended) this.replay.start();
  }

  private async enterRecorded(at: number, wanted = () => true): Promise<void> {
    const { toggle } = this;
    if (!toggle) return;
    const note = this.host.querySelector<HTMLElement>("[data-note=recorded]")!;
    toggle.disabled = true;
    try {
      this.recorded ??= ((await (await ask(this.host.dataset["recording"]!, {})).json()) as { entries: Entry[] }).entries;
      note.textContent = this.about;
      delete note.dataset["failed"];
      if (wanted()) this.replay.enter([this.recordedReel], at);
    } catch (e) {
      note.textContent = said(e);
      note.dataset["failed"] = "";
    } finally {
      toggle.disabled = false;
    }
  }

  /** Goes to the time that the address names. */
  private ask(): void {
    const recorded = askedTime("recorded");
    this.asked = askedTime("t");
    if (recorded !== undefined) void this.enterRecorded(recorded);
    else this.grow();
  }

  private isOn(reel: Reel): boolean {
    return this.replay.reels[0] === reel;
  }

  private moved(at: number | undefined): void {
    this.asked = undefined;
    const own = this.isOn(this.ownReel);
    this.own.setAttribute("aria-pressed", String(own));
    this.toggle?.setAttribute("aria-pressed", String(this.isOn(this.recordedReel)));
    this.live.hidden = !own || this.record!.ended;
    nameTime(this.isOn(this.recordedReel) ? "recorded" : "t", at);
  }
}
