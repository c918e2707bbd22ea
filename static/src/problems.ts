// The list of what is wrong with the manifest, and what becomes of it while the text
// is edited.

import { html } from "./elements.ts";
import type { Problem } from "./wire.ts";
import { word } from "./words.ts";

/** How long nothing must have changed before the problems are said. */
const quiet = 1200;

export class ProblemList {
  private shown: string;
  private said = "";
  private timer = 0;

  /** go is told the line that the reader wants to see. */
  constructor(private readonly list: HTMLElement, private readonly voice: HTMLElement | null, go: (line: number) => void) {
    this.shown = JSON.stringify(this.first());
    list.addEventListener("click", (e) => {
      const line = e.target instanceof Element ? Number(e.target.closest<HTMLElement>("[data-line]")?.dataset["line"]) : 0;
      if (line > 0) go(line);
    });
  }

  /** The problems that the server put into the page. */
  first(): Problem[] {
    return [...this.list.querySelectorAll<HTMLElement>("li[data-line]")].map((li) => ({
      line: Number(li.dataset["line"]),
      path: li.querySelector("code")?.textContent ?? "",
      message: li.querySelector(".what")?.textContent ?? "",
    }));
  }

  /** Lists the problems under a title. They are said at once, or when the reader pauses. */
  show(problems: Problem[], title: string, atOnce: boolean): void {
    const shown = JSON.stringify(problems);
    if (shown !== this.shown) {
      this.shown = shown;
      this.list.replaceChildren(...(problems.length > 0 ? [heading(title), items(problems)] : []));
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say(problems), atOnce ? 0 : quiet);
  }

  private say(problems: Problem[]): void {
    const text = problems.map((p) => [p.line > 0 ? word("line", { n: p.line }) : "", p.path, p.message].filter(Boolean).join(", ")).join(". ");
    if (!this.voice || text === this.said) return;
    this.voice.textContent = text;
    this.said = text;
  }
}

/** The problems of a text that has become another: those at lines that were changed are gone, those below them have moved. */
export function moved(problems: Problem[], before: string, after: string): Problem[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const most = Math.min(old.length, now.length);
  let same = 0;
  while (same < most && old[same] === now[same]) same++;
  let below = 0;
  while (below < most - same && old[old.length - 1 - below] === now[now.length - 1 - below]) below++;
  return problems.flatMap((p) => {
    if (p.line <= same) return [p];
    return p.line > old.length - below ? [{ ...p, line: p.line + now.length - old.length }] : [];
  });
}

function heading(title: string): HTMLElement {
  const p = html("p");
  p.append(html("strong", "", title));
  return p;
}

function items(problems: Problem[]): HTMLElement {
  const ul = html("ul");
  for (const p of problems) {
    const li = html("li");
    li.dataset["line"] = String(p.line);
    if (p.line > 0) li.append(html("span", "where", word("line", { n: p.line })), " ");
    if (p.path) li.append(html("code", "", p.path), " ");
    li.append(html("span", "what", p.message));
    ul.append(li);
  }
  return ul;
}
