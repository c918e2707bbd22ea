// The manifest's editor: a text area with numbered, coloured lines behind it. A
// manifest that can only be read has the colours too.

import type { Problem } from "./wire.ts";
import { word } from "./words.ts";
import { paint } from "./yaml.ts";

export class Editor {
  private readonly area: HTMLTextAreaElement | null;
  private readonly colours: HTMLElement;
  private readonly gutter: HTMLElement;
  private problems: Problem[] = [];
  /** The line that decides what is explained; 0 for none. */
  private lit = 0;

  constructor(root: HTMLElement, private readonly list: HTMLElement | null) {
    this.area = root.querySelector("textarea");
    this.colours = root.querySelector("[data-paint]")!;
    this.gutter = root.querySelector("[data-gutter]")!;
    if (list) this.problems = listed(list);
    const area = this.area;
    if (!area) {
      this.draw();
      return;
    }
    root.classList.add("painted");
    area.addEventListener("input", () => {
      this.lit = 0;
      this.mark([]);
      this.draw();
    });
    area.addEventListener("scroll", () => (this.colours.scrollLeft = area.scrollLeft));
    area.addEventListener("keydown", (e) => indent(e, area));
    list?.addEventListener("click", (e) => this.jump(e.target));
    this.draw();
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
    if (!this.area) return;
    this.area.value = this.area.dataset["original"] ?? "";
    this.mark([]);
    this.draw();
    this.area.focus();
  }

  /** Shows what is wrong at which line; nothing if the list is empty. */
  mark(problems: Problem[]): void {
    if (problems.length === 0 && this.problems.length === 0) return;
    this.problems = problems;
    this.area?.setAttribute("aria-invalid", String(problems.length > 0));
    this.list?.replaceChildren(...(problems.length > 0 ? [title(), items(problems)] : []));
    this.draw();
    if (problems.length > 0) this.list?.scrollIntoView({ block: "nearest" });
  }

  /** Marks a line and shows it; 0 for none. */
  light(line: number): void {
    this.lit = line;
    this.draw();
    if (line > 0) this.colours.querySelectorAll(".row")[line - 1]?.scrollIntoView({ block: "nearest" });
  }

  private draw(): void {
    if (!this.area) {
      this.colours.replaceChildren(paint(this.colours.textContent ?? "", new Set(), this.lit));
      Array.from(this.gutter.children, (li, i) => li.toggleAttribute("data-lit", i + 1 === this.lit));
      return;
    }
    const lines = this.area.value.replace(/\n$/, "").split("\n").length;
    const wrong = new Set(this.problems.map((p) => p.line));
    this.area.rows = Math.max(4, lines);
    this.gutter.replaceChildren(...Array.from({ length: lines }, (_, i) => {
      const li = document.createElement("li");
      li.textContent = String(i + 1);
      li.id = `line-${i + 1}`;
      li.toggleAttribute("data-problem", wrong.has(i + 1));
      li.toggleAttribute("data-lit", i + 1 === this.lit);
      return li;
    }));
    this.colours.replaceChildren(paint(this.area.value, wrong, this.lit));
    this.colours.scrollLeft = this.area.scrollLeft;
  }

  private jump(target: EventTarget | null): void {
    const line = Number(target instanceof Element ? target.closest("[data-line]")?.getAttribute("data-line") : 0);
    if (!line || !this.area) return;
    const before = this.area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = this.area.value.indexOf("\n", before);
    this.area.focus();
    this.area.setSelectionRange(before, end < 0 ? this.area.value.length : end);
  }
}

/** The problems that the server put into the page. */
function listed(list: HTMLElement): Problem[] {
  return [...list.querySelectorAll<HTMLElement>("[data-line]")].map((li) => ({ line: Number(li.dataset["line"]), path: "", message: "" }));
}

function title(): HTMLElement {
  const p = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = word("problems");
  p.append(strong);
  return p;
}

function items(problems: Problem[]): HTMLElement {
  const ul = document.createElement("ul");
  for (const p of problems) {
    const li = document.createElement("li");
    li.dataset["line"] = String(p.line);
    if (p.line > 0) li.append(span("where", word("line", { n: p.line })), " ");
    if (p.path) {
      const code = document.createElement("code");
      code.textContent = p.path;
      li.append(code, " ");
    }
    li.append(span("what", p.message));
    ul.append(li);
  }
  return ul;
}

function span(kind: string, text: string): HTMLSpanElement {
  const s = document.createElement("span");
  s.className = kind;
  s.textContent = text;
  return s;
}

/** A new line keeps the indentation of the one before it. Tab stays the browser's. */
function indent(e: KeyboardEvent, area: HTMLTextAreaElement): void {
  if (e.key !== "Enter" || e.ctrlKey || e.metaKey || e.isComposing) return;
  const before = area.value.slice(0, area.selectionStart);
  const spaces = /^ *(?:- )?/.exec(before.slice(before.lastIndexOf("\n") + 1))![0].replace("-", " ");
  if (!spaces) return;
  e.preventDefault();
  area.setRangeText("\n" + spaces, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}
