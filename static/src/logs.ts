// The log of one container, followed as it grows and kept after the pod is gone.

import type { Entry } from "./wire.ts";
import { word } from "./words.ts";

interface Source {
  pod: string;
  container: string;
  restarts: number;
  /** The newest instance; another one has another log. */
  instance: string;
}

/** How much of a log is shown, in characters: the end of it. */
const most = 400_000;

export class Logs {
  private readonly pods: HTMLSelectElement;
  private readonly containers: HTMLSelectElement;
  private readonly previous: HTMLInputElement;
  private readonly text: HTMLElement;
  private readonly links: HTMLElement;
  private readonly tools: HTMLElement;
  private run = "";
  private sources = new Map<string, Source>();
  /** Whether the reader chose the pod; until then the newest is shown. */
  private chosen = false;
  private shown = "";
  private reading: AbortController | undefined;

  constructor(root: HTMLElement) {
    const find = <T extends HTMLElement>(s: string): T => root.querySelector<T>(s)!;
    this.pods = find("[data-log-pod]");
    this.containers = find("[data-log-container]");
    this.previous = find("[data-log-previous]");
    this.text = find("[data-log]");
    this.links = find("[data-log-links]");
    this.tools = find("[data-log-tools]");
    this.pods.addEventListener("change", () => {
      this.chosen = true;
      this.listContainers();
      this.open();
    });
    this.containers.addEventListener("change", () => this.open());
    this.previous.addEventListener("change", () => this.open());
  }

  /** Shows the logs of another run. */
  show(run: string): void {
    this.reading?.abort();
    this.run = run;
    this.sources.clear();
    this.chosen = false;
    this.shown = "";
    this.pods.replaceChildren();
    this.containers.replaceChildren();
    this.text.textContent = "";
    this.text.hidden = true;
    this.tools.hidden = true;
    this.links.hidden = false;
    this.links.querySelector("ul")?.replaceChildren();
  }

  add(entries: Entry[]): void {
    let changed = false;
    for (const e of entries) {
      for (const c of e.pod?.containers ?? []) {
        if (!c.containerID) continue;
        const key = `${e.name}/${c.name}`;
        const known = this.sources.get(key);
        if (known?.instance === c.containerID) continue;
        this.sources.set(key, { pod: e.name!, container: c.name, restarts: c.restarts, instance: c.containerID });
        changed = true;
        if (!known) this.addPod(e.name!);
      }
    }
    if (!changed) return;
    this.links.hidden = true;
    this.tools.hidden = false;
    this.text.hidden = false;
    if (!this.chosen) this.pods.value = this.pods.options[this.pods.options.length - 1]!.value;
    this.listContainers();
    this.open();
  }

  private addPod(pod: string): void {
    if ([...this.pods.options].some((o) => o.value === pod)) return;
    this.pods.append(new Option(pod, pod));
  }

  private listContainers(): void {
    const names = [...this.sources.values()].filter((s) => s.pod === this.pods.value).map((s) => s.container);
    const kept = this.containers.value;
    this.containers.replaceChildren(...names.map((n) => new Option(n, n)));
    if (names.includes(kept)) this.containers.value = kept;
    this.containers.parentElement!.hidden = names.length < 2;
  }

  private open(): void {
    const source = this.sources.get(`${this.pods.value}/${this.containers.value}`);
    if (!source) return;
    this.previous.disabled = source.restarts === 0;
    const previous = this.previous.checked && !this.previous.disabled;
    const key = [source.pod, source.container, source.instance, previous].join("\n");
    if (key === this.shown) return;
    this.shown = key;
    this.reading?.abort();
    this.reading = new AbortController();
    const query = new URLSearchParams({ container: source.container, previous: String(previous), follow: String(!previous) });
    const path = `/api/runs/${encodeURIComponent(this.run)}/pods/${encodeURIComponent(source.pod)}/log?${query}`;
    void this.read(path, this.reading.signal);
  }

  private async read(path: string, signal: AbortSignal): Promise<void> {
    this.text.textContent = "";
    this.text.dataset["hint"] = word("logLoading");
    try {
      const answer = await fetch(path, { signal });
      if (!answer.ok || !answer.body) {
        this.text.dataset["hint"] = word("logMissing");
        return;
      }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done || signal.aborted) break;
        this.append(value);
      }
      if (!signal.aborted) this.text.dataset["hint"] = word("logNone");
    } catch {
      if (!signal.aborted) this.text.dataset["hint"] = word("logMissing");
    }
  }

  private append(text: string): void {
    const t = this.text;
    const atEnd = t.scrollTop + t.clientHeight >= t.scrollHeight - 24;
    t.append(text);
    const all = t.textContent ?? "";
    if (all.length > most) t.textContent = all.slice(all.indexOf("\n", all.length - most) + 1);
    if (atEnd) t.scrollTop = t.scrollHeight;
  }
}
