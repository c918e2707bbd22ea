// kubectl in the page: a line to type, and what the server answers to it.

import { ask, said } from "./answer.ts";
import { complete, place, type Completion } from "./completion.ts";
import { messages } from "./ndjson.ts";
import { plain } from "./plain.ts";
import { Speaker } from "./speaker.ts";
import type { Panel } from "./tabs.ts";
import { Tail } from "./tail.ts";
import type { Entry } from "./wire.ts";
import { word } from "./words.ts";

/** How much of the output is shown, in characters. */
const most = 200_000;
/** How many lines are remembered. */
const remembered = 100;
const kept = "console";

/** One line of the answer to a command. */
interface Message {
  out?: string;
  err?: string;
  exit?: number;
}

export class Terminal implements Panel {
  private readonly prompt: HTMLElement;
  private readonly line: HTMLInputElement;
  private readonly enter: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private readonly box: HTMLElement;
  private readonly out: Tail;
  private readonly speaker: Speaker;
  private readonly choices: HTMLElement;
  private readonly examples: HTMLButtonElement[];
  private run = "";
  private job = "";
  private running: AbortController | undefined;
  private history: string[];
  /** Where in the history the line is, and what was typed before. */
  private at: number;
  private draft = "";
  /** Whether the next Tab leaves the line. */
  private leaving = false;

  constructor(root: HTMLElement) {
    const find = <T extends HTMLElement>(s: string): T => root.querySelector<T>(s)!;
    this.prompt = find("[data-console-prompt]");
    this.line = find("[data-console-line]");
    this.enter = find("[data-console-enter]");
    this.stop = find("[data-console-stop]");
    this.box = find("[data-console-out]");
    this.speaker = new Speaker(find("[data-console-said]"));
    this.choices = find("[data-console-examples]");
    this.examples = [...root.querySelectorAll<HTMLButtonElement>("[data-example]")];
    this.out = new Tail(this.box, {
      most,
      cut: (n) => {
        if (n > 0) this.box.dataset["cut"] = word("cut", { n });
        else delete this.box.dataset["cut"];
      },
    });
    this.history = recall();
    this.at = this.history.length;
    this.enter.addEventListener("click", () => void this.submit(this.line.value));
    this.line.addEventListener("keydown", (e) => this.key(e));
    this.stop.addEventListener("click", () => this.interrupt());
    // The stop works wherever the focus is in the console, but not in place of copying.
    this.prompt.closest("[data-panel]")!.addEventListener("keydown", (e) => {
      const key = e as KeyboardEvent;
      if (key.key !== "c" || !key.ctrlKey || key.altKey || key.metaKey || key.shiftKey || selected(this.line)) return;
      key.preventDefault();
      this.interrupt();
    });
    for (const b of this.examples) {
      b.addEventListener("click", () => {
        this.line.focus();
        void this.submit(this.example(b));
      });
    }
    this.offer();
  }

  show(run: string): void {
    this.running?.abort();
    this.run = run;
    this.job = "";
    this.out.clear();
    this.speaker.clear();
    this.prompt.hidden = this.choices.hidden = run === "";
    if (run) delete this.box.dataset["whenEmpty"];
    this.offer();
  }

  add(entries: Entry[]): void {
    const job = entries.findLast((e) => e.job && e.type !== "deleted")?.name;
    if (!job || job === this.job) return;
    this.job = job;
    this.offer();
  }

  seen(seen: boolean): void {
    if (seen) this.out.stay();
  }

  /** Shows the examples that can be done as they stand. */
  private offer(): void {
    for (const b of this.examples) {
      b.hidden = b.dataset["example"]!.includes("JOB") && this.job === "";
      b.querySelector("code")!.textContent = plain(this.example(b));
    }
  }

  private example(b: HTMLButtonElement): string {
    return b.dataset["example"]!.replace("JOB", () => this.job);
  }

  /** Does a line, unless there is nothing to do or a command is going on. */
  private async submit(typed: string): Promise<void> {
    const line = typed.trim().replace(/^kubectl(\s+|$)/, "");
    if (line === "" || this.run === "") return;
    if (this.running) return this.speaker.say(word("consoleWaiting"));
    this.remember(line);
    this.line.value = "";
    if (line === "clear") return this.out.clear();
    this.out.append(`$ kubectl ${line}\n`, "typed");
    this.out.follow = true;
    const running = new AbortController();
    this.going(running);
    try {
      await this.execute(line, running.signal);
    } catch (e) {
      if (!running.signal.aborted) this.fault(said(e));
    } finally {
      if (this.running === running) this.going(undefined);
    }
  }

  private async execute(line: string, signal: AbortSignal): Promise<void> {
    const answer = await ask(this.address("console"), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ line }),
      signal,
    });
    try {
      for await (const m of messages<Message>(answer.body!)) {
        if (signal.aborted) return;
        if (m.out) this.print(m.out);
        if (m.err) this.print(m.err, "bad");
        if (m.exit === undefined) continue;
        if (m.exit !== 0) this.print(`${word("exited", { code: m.exit })}\n`, "quiet");
        return;
      }
    } catch (e) {
      if (signal.aborted) throw e;
    }
    this.fault(word("brokeOff"));
  }

  private print(text: string, kind?: string): void {
    this.out.append(text, kind);
    this.speaker.say(plain(text));
  }

  private fault(text: string): void {
    this.print(`${text}\n`, "bad");
  }

  private going(running: AbortController | undefined): void {
    this.running = running;
    this.stop.hidden = running === undefined;
    this.enter.hidden = running !== undefined;
    this.prompt.toggleAttribute("data-running", running !== undefined);
  }

  /** Ends the command that is going on, or drops the line as a shell does. */
  private interrupt(): void {
    const running = this.running;
    if (running) {
      running.abort();
      this.going(undefined);
      this.print(`^C ${word("stopped")}\n`, "quiet");
    } else {
      this.line.value = "";
    }
    this.line.focus();
  }

  private key(e: KeyboardEvent): void {
    const leaving = this.leaving;
    if (e.key !== "Shift") this.leaving = e.key === "Escape";
    switch (e.key) {
      case "Enter":
        if (!e.isComposing && !e.ctrlKey && !e.metaKey) void this.submit(this.line.value);
        return;
      case "Tab":
        if (e.shiftKey || e.ctrlKey || e.altKey || e.metaKey || leaving || this.line.value.trim() === "") return;
        e.preventDefault();
        void this.complete();
        return;
      case "ArrowUp":
      case "ArrowDown":
        e.preventDefault();
        return this.walk(e.key === "ArrowUp" ? -1 : 1);
      case "l":
        if (!e.ctrlKey) return;
        e.preventDefault();
        this.out.clear();
    }
  }

  /** Goes to an earlier or later line of the history; after the last is what was being typed. */
  private walk(step: number): void {
    const to = Math.min(this.history.length, Math.max(0, this.at + step));
    if (to === this.at) return;
    if (this.at === this.history.length) this.draft = this.line.value;
    this.at = to;
    this.line.value = this.history[to] ?? this.draft;
    this.line.setSelectionRange(this.line.value.length, this.line.value.length);
  }

  private remember(line: string): void {
    if (this.history.at(-1) !== line) this.history.push(line);
    this.history = this.history.slice(-remembered);
    this.at = this.history.length;
    this.draft = "";
    sessionStorage.setItem(kept, JSON.stringify(this.history));
  }

  private async complete(): Promise<void> {
    const line = this.line.value;
    const at = this.line.selectionStart ?? line.length;
    const query = new URLSearchParams({ line, at: String(place(line, at)) });
    let completion: Completion;
    try {
      const answer = await ask(`${this.address("console/complete")}?${query}`);
      completion = complete(line, at, await answer.json());
    } catch (e) {
      return this.fault(said(e));
    }
    // Whoever typed on meanwhile has no use for it.
    if (this.line.value !== line) return;
    this.line.value = completion.line;
    this.line.setSelectionRange(completion.at, completion.at);
    if (completion.choices) this.print(`${completion.choices}\n`, "quiet");
    this.leaving = completion.line === line;
    if (this.leaving && !completion.choices) this.speaker.say(word("noCompletion"));
  }

  private address(part: string): string {
    return `/api/runs/${encodeURIComponent(this.run)}/${part}`;
  }
}

function selected(line: HTMLInputElement): boolean {
  return line.selectionStart !== line.selectionEnd || !(getSelection()?.isCollapsed ?? true);
}

function recall(): string[] {
  const lines: unknown = JSON.parse(sessionStorage.getItem(kept) ?? "[]");
  return Array.isArray(lines) ? lines.filter((l) => typeof l === "string") : [];
}
