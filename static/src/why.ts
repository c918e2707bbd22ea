// Why something happened: links that are marked so show the explanation where they
// stand instead of on a page of its own.

import { word } from "./words.ts";

export class Why {
  /** Counts the requests, so that a late answer does not replace a newer one. */
  private asked = 0;

  /** light marks a line of the manifest. */
  constructor(private readonly root: HTMLElement, private readonly light: (line: number) => void) {
    root.addEventListener("click", (e) => {
      if (!(e.target instanceof Element) || e.ctrlKey || e.metaKey || e.shiftKey) return;
      const line = e.target.closest<HTMLElement>("[data-explanations] [data-line]");
      const link = e.target.closest<HTMLAnchorElement>("a[data-why]");
      if (!line && !link) return;
      e.preventDefault();
      if (line) this.light(Number(line.dataset["line"]));
      else if (link) void this.follow(link);
    });
  }

  /** Explains an entry of a run below the timeline. */
  show(run: string, seq: number): Promise<void> {
    return this.open(this.panel, address(run, `seq=${seq}`));
  }

  /** Forgets what is shown of an earlier run. */
  clear(): void {
    this.asked++;
    this.panel.hidden = true;
    this.panel.replaceChildren();
  }

  private get panel(): HTMLElement {
    return this.root.querySelector("[data-why-panel]")!;
  }

  /** A check is explained below it, and again on the next click hidden. */
  private follow(link: HTMLAnchorElement): Promise<void> {
    const here = link.closest<HTMLElement>("[data-why-here]");
    if (!here) return this.open(this.panel, link.href);
    const shown = here.querySelector("[data-explanations]");
    link.setAttribute("aria-expanded", String(!shown));
    if (!shown) return this.open(here, link.href);
    shown.remove();
    return Promise.resolve();
  }

  private async open(place: HTMLElement, href: string): Promise<void> {
    const asked = ++this.asked;
    let found: Node;
    try {
      const answer = await fetch(href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      found = page.querySelector("[data-explanations]") ?? text(page.querySelector("h1")?.textContent ?? String(answer.status));
    } catch {
      found = text(word("noServer"));
    }
    if (asked !== this.asked) return;
    place.querySelector("[data-explanations]")?.remove();
    place.append(found);
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  }
}

/** A link to the explanation of a check. */
export function whyLink(run: string, check: string): HTMLAnchorElement {
  const a = document.createElement("a");
  a.className = "why-link";
  a.href = address(run, `check=${encodeURIComponent(check)}`);
  a.dataset["why"] = "";
  a.textContent = word("why");
  return a;
}

/** The words, as a link to the explanation of an entry of a run; a recorded run has no name, and they are as they are. */
export function whyEntry(run: string, seq: number, content: string): Node {
  if (run === "") return document.createTextNode(content);
  const a = document.createElement("a");
  a.href = address(run, `seq=${seq}`);
  a.title = word("why");
  a.dataset["why"] = "";
  a.textContent = content;
  return a;
}

function address(run: string, query: string): string {
  return `/runs/${encodeURIComponent(run)}/why?${query}`;
}

function text(message: string): HTMLElement {
  const p = document.createElement("p");
  p.dataset["explanations"] = "";
  p.textContent = message;
  return p;
}
