// The manifest in a text area with numbered, coloured lines behind it. One that can
// only be read has the colours, too.

import type { Face } from "./face.ts";
import type { Problem } from "./wire.ts";
import { paint } from "./yaml.ts";

export class TextArea implements Face {
  private readonly colours: HTMLElement;
  private readonly gutter: HTMLElement;
  private wrong = new Set<number>();
  private lit = 0;

  constructor(root: HTMLElement, private readonly area: HTMLTextAreaElement | null) {
    this.colours = root.querySelector("[data-paint]")!;
    this.gutter = root.querySelector("[data-gutter]")!;
    if (area) {
      root.classList.add("painted");
      area.addEventListener("scroll", () => (this.colours.scrollLeft = area.scrollLeft));
      area.addEventListener("keydown", (e) => indent(e, area));
    }
    this.draw();
  }

  mark(problems: Problem[]): void {
    this.wrong = new Set(problems.map((p) => p.line));
    this.draw();
  }

  light(line: number): void {
    this.lit = line;
    this.draw();
    if (line > 0) this.colours.querySelectorAll(".row")[line - 1]?.scrollIntoView({ block: "nearest" });
  }

  go(line: number): void {
    const area = this.area!;
    const before = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = area.value.indexOf("\n", before);
    area.focus();
    area.setSelectionRange(before, end < 0 ? area.value.length : end);
  }

  replace(text: string): void {
    const area = this.area!;
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }

  draw(): void {
    const area = this.area;
    if (!area) {
      this.colours.replaceChildren(paint(this.colours.textContent ?? "", new Set(), this.lit));
      Array.from(this.gutter.children, (li, i) => li.toggleAttribute("data-lit", i + 1 === this.lit));
      return;
    }
    const lines = area.value.replace(/\n$/, "").split("\n").length;
    area.rows = Math.max(4, lines);
    this.gutter.replaceChildren(...Array.from({ length: lines }, (_, i) => {
      const li = document.createElement("li");
      li.textContent = String(i + 1);
      li.id = `line-${i + 1}`;
      li.toggleAttribute("data-problem", this.wrong.has(i + 1));
      li.toggleAttribute("data-lit", i + 1 === this.lit);
      return li;
    }));
    this.colours.replaceChildren(paint(area.value, this.wrong, this.lit));
    this.colours.scrollLeft = area.scrollLeft;
  }
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
