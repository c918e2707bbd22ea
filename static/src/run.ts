// <joblab-run>: starts and stops a run, and shows it as it goes.

import { Announcer } from "./announce.ts";
import { resetChecks, showChecks, showOutcome, showVerdict } from "./checks.ts";
import { Editor } from "./editor.ts";
import { shortcuts } from "./keys.ts";
import { Past } from "./past.ts";
import { Predictions } from "./predict.ts";
import { RunRecord, type Shown } from "./record.ts";
import { tellEnd, toolsOf } from "./runtools.ts";
import { Steps } from "./steps.ts";
import { Stream, type Connection, type Taken } from "./stream.ts";
import { Tabs } from "./tabs.ts";
import { setText } from "./text.ts";
import type { TimelineElement } from "./timeline.ts";
import type { Answer, Entry, Problem, RunInfo, Verdict } from "./wire.ts";
import { Why } from "./why.ts";
import { word } from "./words.ts";

export class RunElement extends HTMLElement {
  private id_ = "";
  private record: RunRecord | undefined;
  private stream: Stream | undefined;
  private editor: Editor | undefined;
  private predictions: Predictions | undefined;
  private tabs!: Tabs;
  private timeline!: TimelineElement;
  private why!: Why;
  private steps!: Steps;
  private announcer!: Announcer;
  private past!: Past;
  /** Why the run ended, as far as that was asked. */
  private reason = "";
  /** Whether the run is shown anew because the server had other entries. */
  private anew = false;

  connectedCallback(): void {
    this.timeline = this.querySelector("joblab-timeline")!;
    this.tabs = new Tabs(this);
    this.announcer = new Announcer(this.find("[data-announce]")!, this);
    const form = this.querySelector<HTMLFormElement>("[data-form]");
    const code = this.querySelector<HTMLElement>("[data-editor]");
    if (code) this.editor = new Editor(code, this.querySelector("[data-problems]"));
    this.why = new Why(this, (line) => this.editor?.light(line));
    this.timeline.addEventListener("why", (e) => void this.why.show(this.id_, (e as CustomEvent<number>).detail));
    this.past = new Past(this, this.tabs);
    this.timeline.addEventListener("moment", (e) => this.lookAt((e as CustomEvent<Shown | undefined>).detail));
    // On a lab's page the questions are in its guide.
    const predict = document.querySelector<HTMLElement>("[data-predict]");
    if (predict) this.predictions = new Predictions(predict, this.dataset["lab"]!, form ? undefined : this.dataset["run"]);
    form?.addEventListener("submit", (e) => {
      e.preventDefault();
      void this.start();
    });
    form?.addEventListener("reset", (e) => {
      e.preventDefault();
      this.editor?.reset();
    });
    if (form) {
      shortcuts("manifest", [
        { keys: ["Ctrl+Enter", "⌘+Enter"], does: "run" },
        { keys: ["Ctrl+Space"], does: "complete" },
        { keys: ["F1"], does: "field" },
        { keys: ["F8"], does: "problem" },
        { keys: ["Esc", "Tab"], does: "leave" },
      ]);
    }
    addEventListener("keydown", (e) => {
      if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && form) {
        e.preventDefault();
        void this.start();
      }
    });
    this.find("[data-stop]")?.addEventListener("click", () => void this.stop());
    this.steps = new Steps(this, (step) => this.step(step));
    const id = this.dataset["run"];
    if (id) this.follow(id, Number(this.dataset["elapsed"]), this.dataset["live"] !== undefined);
  }

  private find<T extends HTMLElement>(selector: string): T | null {
    return this.querySelector<T>(selector);
  }

  /** Shows a run from its first entry on. */
  private follow(id: string, elapsed: number | undefined, live: boolean): void {
    this.stream?.close();
    this.announcer.clear();
    this.id_ = id;
    this.anew = false;
    this.dataset["run"] = id;
    this.record = new RunRecord(live ? elapsed : undefined);
    this.timeline.show(this.record);
    this.tabs.show(id);
    this.live(live);
    this.stream = new Stream(id, {
      last: () => this.record!.last,
      take: (entries) => this.take(entries),
      complete: () => this.record!.ended,
      restart: () => this.restart(),
      state: (c) => void this.connection(c),
    }, elapsed !== undefined);
  }

  /** Shows the run anew: the server has other entries than the page, as after a crash. */
  private restart(): void {
    this.announcer.clear();
    this.record = new RunRecord();
    this.timeline.show(this.record);
    this.tabs.show(this.id_);
    this.reset();
    this.anew = true;
  }

  private take(entries: Entry[]): Taken {
    const record = this.record!;
    const fresh: Entry[] = [];
    let taken: Taken = "all";
    for (const e of entries) {
      const before = record.last;
      taken = record.add(e);
      if (taken !== "all") break;
      if (record.last > before) fresh.push(e);
    }
    if (fresh.length === 0) return taken;
    this.timeline.update(fresh, this.id_);
    this.tabs.add(fresh);
    this.steps.add(fresh);
    if (record.ended) this.steps.end();
    // While an ended run comes in, the page goes on saying how it ended.
    if (!this.past.on && (record.ended || this.hasAttribute("data-live"))) this.stand(record, fresh.some((e) => e.verdict));
    if (this.hasAttribute("data-live")) this.announcer.add(fresh, record);
    return taken;
  }

  /** Shows the run as it was, or again as it is. */
  private lookAt(shown: Shown | undefined): void {
    if (!shown && !this.past.on) return;
    this.past.show(shown, this.id_);
    const record = this.record;
    if (shown || !record) return;
    this.stand(record);
    if (record.ended) showOutcome(this, record.outcome, this.dataset["state"] ?? "finished", this.reason);
  }

  /** Shows how the run stands and, if any of them has changed, its expectations. */
  private stand(record: RunRecord, judged = true): void {
    if (judged) showChecks(this, record, this.id_);
    if (!record.ended) {
      this.dataset["state"] = "running";
      showOutcome(this, undefined, "running", "");
    }
    setText(this.find("[data-count]"), word(record.ended ? "entriesInAll" : "entriesSoFar", { n: record.last }));
  }

  private async connection(c: Connection): Promise<void> {
    this.dataset["connection"] = c;
    switch (c) {
      case "open":
        this.tabs.wake();
        return this.notice(this.anew ? word("again") : "");
      case "polling":
        return this.notice(word("polling"));
      case "lost":
        return this.notice(word("lost"));
      case "unreachable":
        return this.notice(word("noServer"));
      case "gone":
        this.live(false);
        return this.notice(word("gone"));
      case "ended":
        this.live(false);
        this.dispatchEvent(new Event("ended"));
        await this.conclude();
    }
  }

  /** Asks how the run ended, which the entries do not say in full. */
  private async conclude(): Promise<void> {
    const id = this.id_;
    try {
      const answer = await fetch(`/api/runs/${encodeURIComponent(id)}`);
      if (!answer.ok) return;
      const info = (await answer.json()) as RunInfo;
      if (id !== this.id_) return;
      this.dataset["state"] = info.state;
      this.reason = info.reason;
      if (!this.past.on) showOutcome(this, this.record?.outcome, info.state, info.reason);
      tellEnd(this.record?.outcome, info, this.record?.now() ?? 0);
      await this.predictions?.ended(id, info.state);
    } catch {
      if (id === this.id_) showOutcome(this, this.record?.outcome, "finished", "");
    }
  }

  private async start(): Promise<void> {
    const button = this.find<HTMLButtonElement>("[data-start]");
    if (!this.editor || !button || button.disabled) return;
    button.disabled = true;
    this.startWord(word("starting"));
    this.editor.mark([]);
    this.notice("");
    try {
      const answer = await fetch(`/api/labs/${this.dataset["lab"]}/runs`, {
        method: "POST",
        headers: { "Content-Type": "application/yaml" },
        body: this.editor.changed ? this.editor.text : "",
      });
      if (answer.status === 201) {
        const info = (await answer.json()) as RunInfo;
        history.replaceState(null, "", `?run=${encodeURIComponent(info.id)}`);
        this.reset();
        this.predictions?.began(info.id);
        toolsOf(info.id, `${info.cluster.backend} · Kubernetes ${info.cluster.version}`);
        this.follow(info.id, undefined, true);
      } else {
        await this.refused(answer);
      }
    } catch {
      this.notice(word("noServer"));
    } finally {
      button.disabled = false;
      this.startWord(word(this.id_ ? "runAgain" : "run"));
    }
  }

  private async refused(answer: Response): Promise<void> {
    const body = (await answer.json().catch(() => ({}))) as { error?: string; problems?: Problem[]; verdict?: Verdict; answers?: Answer[] };
    if (body.verdict) showVerdict(this, body.verdict);
    else if (!this.id_) resetChecks(this);
    if (body.answers) this.predictions?.refused(body.answers);
    if (body.verdict) this.dispatchEvent(new Event("ended"));
    if (body.problems?.length) return this.editor!.mark(body.problems);
    const words: Record<number, string> = { 413: "tooLarge", 429: "full", 503: "notReady" };
    const away = document.querySelector('joblab-cluster[data-state="unreachable"]');
    const known = answer.status === 503 && away ? "unreachable" : words[answer.status];
    this.notice(known ? word(known) : body.error ?? String(answer.status));
  }

  private startWord(text: string): void {
    setText(this.find("[data-start-word]"), text);
  }

  private async stop(): Promise<void> {
    const button = this.find<HTMLButtonElement>("[data-stop]")!;
    button.disabled = true;
    try {
      const answer = await fetch(`/api/runs/${encodeURIComponent(this.id_)}/stop`, { method: "POST" });
      if (!answer.ok) this.notice(word("stopFailed"));
    } catch {
      this.notice(word("noServer"));
    } finally {
      button.disabled = false;
    }
  }

  /** Does a step of the run, and says whether the server took it. */
  private async step(id: string): Promise<boolean> {
    this.notice("");
    try {
      const answer = await fetch(`/api/runs/${encodeURIComponent(this.id_)}/steps/${encodeURIComponent(id)}`, { method: "POST" });
      // One that has been done already, or is over, is told by the timeline.
      if (!answer.ok && answer.status !== 409) this.notice(word("stepFailed"));
      return answer.ok;
    } catch {
      this.notice(word("noServer"));
      return false;
    }
  }

  private live(live: boolean): void {
    this.toggleAttribute("data-live", live);
    const stop = this.find("[data-stop]");
    if (stop) stop.hidden = !live;
  }

  /** Forgets what the page shows of an earlier run. */
  private reset(): void {
    this.reason = "";
    this.steps.reset();
    this.why.clear();
    this.editor?.light(0);
    resetChecks(this);
    showOutcome(this, undefined, "pending", "");
  }

  private notice(text: string): void {
    const box = this.find("[data-notice]")!;
    if (box.textContent === text) return;
    const p = document.createElement("p");
    p.textContent = text;
    box.replaceChildren(...(text ? [p] : []));
  }
}
