// The tabs below the timeline: which panel is shown, and what reaches the panels.

import { DescribeTab } from "./describe-tab.ts";
import { Events } from "./events.ts";
import { Logs } from "./logs.ts";
import { Objects } from "./objects.ts";
import { OwnKubectl } from "./own-kubectl.ts";
import { Terminal } from "./terminal.ts";
import { setText } from "./text.ts";
import type { Entry } from "./wire.ts";
import { word } from "./words.ts";
import { YAMLTab } from "./yaml-tab.ts";

/** What one tab shows. It does its work while it is seen, and catches up then. */
export interface Panel {
  /** Shows another run. */
  show(run: string): void;
  /** Takes note of entries, each once and in order. */
  add(entries: Entry[]): void;
  /** Tells whether the reader sees the panel. */
  seen(seen: boolean): void;
  /** Shows what there was up to an entry, or says that it does not; Infinity for all. */
  upTo?(seq: number): void;
}

const kept = "tab";

export class Tabs {
  private readonly tabs: HTMLButtonElement[];
  private readonly panels: Record<string, Panel>;
  private readonly own: OwnKubectl;
  private readonly objects = new Objects();
  private readonly whole: HTMLElement;
  private chosen = "";
  private gaps = 0;

  constructor(root: HTMLElement) {
    const box = root.querySelector<HTMLElement>("[data-tabs]")!;
    this.tabs = [...box.querySelectorAll<HTMLButtonElement>("[data-tab]")];
    this.whole = box.querySelector("[data-whole]")!;
    this.own = new OwnKubectl(box);
    this.panels = {
      events: new Events(box),
      logs: new Logs(box),
      describe: new DescribeTab(panelOf(box, "describe"), this.objects),
      yaml: new YAMLTab(panelOf(box, "yaml"), this.objects),
      console: new Terminal(box),
    };
    for (const tab of this.tabs) {
      const panel = panelOf(box, tab.dataset["tab"]!);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", () => this.choose(tab));
      tab.addEventListener("keydown", (e) => this.walk(e, tab));
    }
    const before = sessionStorage.getItem(kept);
    this.choose(this.tabs.find((t) => t.dataset["tab"] === before) ?? this.tabs[0]!);
    box.dataset["tabs"] = "ready";
  }

  /** Shows another run. */
  show(run: string): void {
    this.gaps = 0;
    this.whole.textContent = "";
    this.own.show(run);
    this.objects.show(run);
    for (const panel of Object.values(this.panels)) panel.show(run);
  }

  /** Takes note of entries that the record has got. */
  add(entries: Entry[]): void {
    this.objects.add(entries);
    for (const panel of Object.values(this.panels)) panel.add(entries);
    this.gaps += entries.filter((e) => e.note?.code === "gap").length;
    const n = entries.at(-1)?.seq ?? 0;
    setText(this.whole, word(this.gaps ? "someLost" : "nothingLost", { n }));
  }

  /** Shows what there was up to an entry. */
  upTo(seq: number): void {
    this.objects.upTo(seq);
    for (const panel of Object.values(this.panels)) panel.upTo?.(seq);
  }

  /** Asks again for what is seen, after the server was away. */
  wake(): void {
    this.panels[this.chosen]?.seen(true);
  }

  private choose(chosen: HTMLButtonElement): void {
    const name = chosen.dataset["tab"]!;
    if (name === this.chosen) return;
    this.panels[this.chosen]?.seen(false);
    this.chosen = name;
    sessionStorage.setItem(kept, name);
    for (const tab of this.tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")!)!.hidden = !on;
    }
    this.panels[name]?.seen(true);
  }

  /** The keys of the ARIA pattern: what has the focus is shown. */
  private walk(e: KeyboardEvent, tab: HTMLButtonElement): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const n = this.tabs.length;
    const at = this.tabs.indexOf(tab);
    const to = { ArrowRight: (at + 1) % n, ArrowLeft: (at + n - 1) % n, Home: 0, End: n - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    this.tabs[to]!.focus();
    this.choose(this.tabs[to]!);
  }
}

function panelOf(box: HTMLElement, name: string): HTMLElement {
  return box.querySelector(`[data-panel="${name}"]`)!;
}
