// The manifest's editor. Its text is in a text area, which a form sends without a
// script; what shows it is plain until the code editor has been loaded.

import { Checker, type CheckState } from "./check.ts";
import type { Face } from "./face.ts";
import { moved, ProblemList } from "./problems.ts";
import { setText } from "./text.ts";
import { TextArea } from "./textarea.ts";
import type { Problem } from "./wire.ts";
import { word } from "./words.ts";

/** The code editor's module, which pages load only when somebody sees or uses it. */
type Module = typeof import("./editor/main.ts");

export class Editor {
  private readonly area: HTMLTextAreaElement | null;
  private readonly list: ProblemList | undefined;
  private readonly checker: Checker | undefined;
  private face: Face;
  private problems: Problem[] = [];
  /** The text to which the problems belong. */
  private seen: string;
  private title = word("problems");
  /** Settled when the input method has composed its character. */
  private composing: Promise<unknown> | undefined;

  constructor(private readonly root: HTMLElement, list: HTMLElement | null) {
    const area = (this.area = root.querySelector("textarea"));
    this.face = new TextArea(root, area);
    this.seen = this.text;
    if (!area || !list) return;
    this.list = new ProblemList(list, document.querySelector("[data-problems-said]"), (line) => this.face.go(line));
    this.problems = this.list.first();
    this.face.mark(this.problems);
    this.checker = new Checker(root.closest<HTMLElement>("[data-lab]")!.dataset["lab"]!, (state, problems) => this.checked(state, problems));
    area.addEventListener("input", () => this.edited());
    area.addEventListener("compositionstart", () => {
      this.composing = new Promise((done) => area.addEventListener("compositionend", done, { once: true }));
    });
    const source = root.dataset["editorSrc"];
    if (source) whenWanted(root, () => this.load(source));
  }

  get text(): string {
    return this.area?.value ?? "";
  }

  /** Whether the text differs from the lab's own. */
  get changed(): boolean {
    return this.area !== null && this.area.value !== this.area.dataset["original"];
  }

  /** Goes back to the lab's own text. */
  reset(): void {
    if (this.area) this.face.replace(this.area.dataset["original"] ?? "");
  }

  /** Shows for which problems a run was refused; nothing if the list is empty. */
  mark(problems: Problem[]): void {
    this.checker?.stop();
    this.status("");
    if (problems.length === 0 && this.problems.length === 0) return;
    this.show(problems, word("problems"), true);
    if (problems.length > 0) this.root.parentElement?.querySelector("[data-problems]")?.scrollIntoView({ block: "nearest" });
  }

  /** Marks a line and shows it; 0 for none. */
  light(line: number): void {
    this.face.light(line);
  }

  /** The lab's own text is not checked: it may be one that is refused on purpose, and to find that out is the reader's. */
  private edited(): void {
    const kept = this.changed ? moved(this.problems, this.seen, this.text) : [];
    this.face.light(0);
    this.show(kept, this.title, false);
    this.face.draw();
    if (this.changed) return this.checker!.soon(this.text);
    this.checker!.stop();
    this.status("");
  }

  private checked(state: CheckState, problems?: Problem[]): void {
    this.status(state, problems?.length);
    if (problems) this.show(problems, word("wouldRefuse"), false);
  }

  private show(problems: Problem[], title: string, atOnce: boolean): void {
    this.problems = problems;
    this.seen = this.text;
    this.title = title;
    this.area?.setAttribute("aria-invalid", String(problems.length > 0));
    this.list?.show(problems, title, atOnce);
    this.face.mark(problems);
  }

  private status(state: CheckState, n = 0): void {
    const p = document.querySelector<HTMLElement>("[data-check-state]");
    if (!p) return;
    p.dataset["checkState"] = state;
    if (state === "checking") return; // what is known stays
    const text = { "": "", good: word("noProblems"), bad: word("problemCount", { n }), away: word("notChecked") }[state];
    setText(p, text); // it is said when it is set
  }

  /** Has the code editor take over from the plain one. */
  private async load(source: string): Promise<void> {
    const { open } = (await import(source)) as Module;
    await this.composing;
    this.face = open(this.root, this.area!);
    this.face.mark(this.problems);
  }
}

/** Loads when the editor is seen and the browser has nothing to do, or at once when it is used. */
function whenWanted(root: HTMLElement, load: () => Promise<void>): void {
  let loading = false;
  const now = (): void => {
    if (loading) return;
    loading = true;
    seen.disconnect();
    // Without it the plain editor stays, and the next use tries again.
    load().then(
      () => used.abort(),
      () => (loading = false),
    );
  };
  const used = new AbortController();
  for (const use of ["pointerdown", "focusin"]) root.addEventListener(use, now, { signal: used.signal });
  const idle: (f: () => void) => unknown = window.requestIdleCallback ?? ((f) => setTimeout(f, 200));
  const seen = new IntersectionObserver((entries) => {
    if (entries.some((e) => e.isIntersecting)) idle(now);
  });
  seen.observe(root);
}
