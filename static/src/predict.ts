// What the learner predicts of a run: kept in the browser as it is answered, and
// compared with how the run went.

import type { Answer, RunInfo } from "./wire.ts";
import { duration, word } from "./words.ts";

/** What was answered, by question: a number, a choice's value, or true or false. */
type Given = Record<string, string>;

/** What is kept of a lab: the answers now, and those before each of its latest runs. */
interface Kept {
  now: Given;
  runs: [run: string, given: Given][];
}

const runsKept = 20;

export class Predictions {
  private readonly store: Store;
  private readonly questions: Question[];
  /** The run that was begun, or has ended, last. */
  private run = "";

  /** past is the run whose page this is, in which nothing is predicted any more; without it all may be. */
  constructor(private readonly root: HTMLElement, lab: string, private readonly past: string | undefined) {
    this.store = new Store(`predict:${lab}`);
    this.questions = [...root.querySelectorAll<HTMLElement>("[data-question]")].map((li) => new Question(li));
    if (past === undefined) this.offer();
    else this.recall(past);
  }

  /** Lets the reader predict. */
  private offer(): void {
    const { now } = this.store.read();
    for (const q of this.questions) q.give(now[q.id] ?? "");
    this.root.addEventListener("input", () => this.store.write({ ...this.store.read(), now: this.given() }));
  }

  /** Shows what was predicted of a run, if anything was; the card may be hidden until then. */
  private recall(run: string): void {
    const given = this.store.of(run);
    for (const q of this.questions) q.keep(given[q.id] ?? "");
    if (Object.keys(given).length > 0) this.root.hidden = false;
  }

  private given(): Given {
    return Object.fromEntries(this.questions.filter((q) => q.given !== "").map((q) => [q.id, q.given]));
  }

  /** Keeps what was predicted of a run that begins, whatever is answered later. */
  began(run: string): void {
    const now = this.given();
    this.run = run;
    this.store.write({ now, runs: [...this.store.read().runs.slice(1 - runsKept), [run, now]] });
    this.score("");
    this.title(word("predicted"), word("predictedHint"));
    for (const q of this.questions) q.forget();
  }

  /** Compares what was predicted of a run that has ended with how it went. */
  async ended(run: string, state: RunInfo["state"]): Promise<void> {
    this.run = run;
    // What was cut off says nothing of how it would have ended.
    if (state !== "finished") return this.title(word("predicted"), word("notCompared"));
    const answer = await fetch(`/api/runs/${encodeURIComponent(run)}/answers`).catch(() => undefined);
    if (!answer?.ok) return;
    const answers = (await answer.json()) as Answer[];
    if (run !== this.run) return;
    const given = this.store.of(run);
    if (this.past === undefined || Object.keys(given).length > 0) this.title(word("predicted"), "");
    this.show(given, answers);
  }

  /** Compares what is answered now with a manifest that was refused, so that there is no run. */
  refused(answers: Answer[]): void {
    this.show(this.given(), answers);
  }

  private show(given: Given, answers: Answer[]): void {
    const right = new Map(answers.map((a) => [a.id, a.answer]));
    const compared = this.questions.map((q) => q.compare(given[q.id] ?? "", right.get(q.id) ?? null)).filter((c) => c !== undefined);
    this.score(compared.length > 0 ? word("score", { right: compared.filter(Boolean).length, all: compared.length }) : "");
  }

  /** Heads the questions, which have been answered, where they have a heading of their own. */
  private title(text: string, hint: string): void {
    for (const [selector, says] of [["[data-predict-title]", text], ["[data-predict-hint]", hint]] as const) {
      const e = this.root.querySelector(selector);
      if (e) e.textContent = says;
    }
  }

  private score(text: string): void {
    this.root.querySelector("[data-score]")!.textContent = text;
  }
}

/** One question on the page. */
class Question {
  readonly id: string;
  private readonly type: string;
  private readonly result: HTMLElement;
  private readonly inputs: HTMLInputElement[];

  constructor(private readonly root: HTMLElement) {
    this.id = root.dataset["question"]!;
    this.type = root.dataset["type"]!;
    this.result = root.querySelector("[data-result]")!;
    this.inputs = [...root.querySelectorAll("input")];
  }

  /** What is answered now; empty if nothing is. */
  get given(): string {
    return this.inputs.find((i) => i.type !== "radio" || i.checked)?.value ?? "";
  }

  give(value: string): void {
    for (const i of this.inputs) {
      if (i.type === "radio") i.checked = i.value === value;
      else i.value = value;
    }
  }

  /** Shows an answer that stays as it is. */
  keep(value: string): void {
    this.give(value);
    this.root.querySelector<HTMLElement>(".give")!.hidden = value === "";
    for (const i of this.inputs) i.disabled = true;
  }

  forget(): void {
    this.result.hidden = true;
  }

  /** Shows how an answer compares with the right one; undefined if there is nothing to compare. */
  compare(given: string, right: Answer["answer"]): boolean | undefined {
    if (right === null) return this.show(undefined, word("noAnswer"));
    if (given === "") return this.show(undefined, word("answer", { right: this.text(right) }));
    const off = Math.abs(Number(given) - Number(right));
    const seconds = this.type === "seconds";
    const same = seconds ? off <= Number(this.root.dataset["within"]) : this.type === "int" ? off === 0 : given === String(right);
    const yours = this.text(seconds ? Number(given) : given);
    return this.show(same, word((same ? "right" : "wrong") + (seconds ? "Seconds" : "Answer"), { yours, right: this.text(right), off: duration(off) }));
  }

  private show(right: boolean | undefined, text: string): boolean | undefined {
    this.result.hidden = false;
    this.result.dataset["right"] = right === undefined ? "" : String(right);
    this.result.querySelector("[data-text]")!.textContent = text;
    const icon = this.result.querySelector("svg")!;
    icon.toggleAttribute("hidden", right === undefined);
    icon.querySelector("use")!.setAttribute("href", right ? "#i-met" : "#i-diverged");
    return right;
  }

  /** An answer as people say it: the words of its choice, or its seconds. */
  private text(value: string | number | boolean): string {
    if (typeof value === "number" && this.type === "seconds") return duration(value);
    const choice = this.inputs.find((i) => i.type === "radio" && i.value === String(value));
    return choice?.parentElement?.querySelector("[data-choice]")?.textContent ?? String(value);
  }
}

/** What is kept of a lab in the browser. Other tabs may write it, too. */
class Store {
  private last: Kept = { now: {}, runs: [] };

  constructor(private readonly key: string) {}

  read(): Kept {
    try {
      const text = localStorage.getItem(this.key);
      if (text) this.last = { now: {}, runs: [], ...(JSON.parse(text) as Partial<Kept>) };
    } catch {
      // What cannot be read is as if it had not been kept.
    }
    return this.last;
  }

  /** What was predicted of a run. */
  of(run: string): Given {
    return this.read().runs.find(([id]) => id === run)?.[1] ?? {};
  }

  write(kept: Kept): void {
    this.last = kept;
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // Without room or leave, answers last as long as the page.
    }
  }
}
