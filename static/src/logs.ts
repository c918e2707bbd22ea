// The log of one container, followed as it grows and kept after the pod is gone.

import { plain } from "./plain.ts";
import type { Panel } from "./tabs.ts";
import { Tail } from "./tail.ts";
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

export class Logs implements Panel {
  private readonly pods: HTMLSelectElement;
  private readonly containers: HTMLSelectElement;
  private readonly previous: HTMLInputElement;
  private readonly follow: HTMLInputElement;
  private readonly download: HTMLAnchorElement;
  private readonly box: HTMLElement;
  private readonly view: HTMLElement;
  private readonly links: HTMLElement;
  private readonly tools: HTMLElement;
  private readonly text: Tail;
  private run = "";
  private sources = new Map<string, Source>();
  private readonly offered = new Set<string>();
  /** Whether the reader chose the pod; until then the newest is shown. */
  private chosen = false;
  private shown = "";
  private visible = false;
  private reading: AbortController | undefined;

  constructor(root: HTMLElement) {
    const find = <T extends HTMLElement>(s: string): T => root.querySelector<T>(s)!;
    this.pods = find("[data-log-pod]");
    this.containers = find("[data-log-container]");
    this.previous = find("[data-log-previous]");
    this.follow = find("[data-log-follow]");
    this.download = find("[data-log-download]");
    this.box = find("[data-log]");
    this.view = find("[data-log-view]");
    this.links = find("[data-log-links]");
    this.tools = find("[data-log-tools]");
    const end = find("[data-log-end]");
    this.text = new Tail(this.box, {
      most,
      following: (follows) => {
        this.follow.checked = follows;
        end.hidden = follows;
      },
    });
    this.pods.addEventListener("change", () => {
      this.chosen = true;
      this.listContainers();
      this.open();
    });
    this.containers.addEventListener("change", () => this.open());
    this.previous.addEventListener("change", () => this.open());
    this.follow.addEventListener("change", () => (this.text.follow = this.follow.checked));
    end.addEventListener("click", () => {
      this.text.follow = true;
      this.box.focus();
    });
    const wrap = find<HTMLInputElement>("[data-log-wrap]");
    wrap.addEventListener("change", () => {
      this.box.toggleAttribute("data-unwrapped", !wrap.checked);
      this.text.stay();
    });
  }

  show(run: string): void {
    this.reading?.abort();
    this.run = run;
    this.sources.clear();
    this.offered.clear();
    this.chosen = false;
    this.shown = "";
    this.pods.replaceChildren();
    this.containers.replaceChildren();
    this.text.clear();
    this.view.hidden = true;
    this.tools.hidden = true;
    this.links.hidden = false;
    this.links.querySelector("ul")?.replaceChildren();
  }

  add(entries: Entry[]): void {
    let changed = false;
    let another = false;
    for (const e of entries) {
      for (const c of e.pod?.containers ?? []) {
        if (!c.containerID) continue;
        const key = `${e.name}/${c.name}`;
        const known = this.sources.get(key);
        if (known?.instance === c.containerID) continue;
        this.sources.set(key, { pod: e.name!, container: c.name, restarts: c.restarts, instance: c.containerID });
        changed = true;
        another ||= !known;
        if (!known) this.addPod(e.name!);
      }
    }
    if (!changed) return;
    this.links.hidden = true;
    this.tools.hidden = false;
    this.view.hidden = false;
    if (!this.chosen) this.pods.value = this.pods.options[this.pods.options.length - 1]!.value;
    if (another) this.listContainers();
    this.open();
  }

  seen(seen: boolean): void {
    this.visible = seen;
    if (seen) this.open();
    if (seen) this.text.stay();
  }

  private addPod(pod: string): void {
    if (this.offered.has(pod)) return;
    this.offered.add(pod);
    this.pods.append(new Option(plain(pod), pod));
  }

  private listContainers(): void {
    const names = [...this.sources.values()].filter((s) => s.pod === this.pods.value).map((s) => s.container);
    const kept = this.containers.value;
    this.containers.replaceChildren(...names.map((n) => new Option(plain(n), n)));
    if (names.includes(kept)) this.containers.value = kept;
    this.containers.parentElement!.hidden = names.length < 2;
  }

  /** Reads what is chosen, if it is seen and is not read already. */
  private open(): void {
    const source = this.sources.get(`${this.pods.value}/${this.containers.value}`);
    if (!source || !this.visible) return;
    this.previous.disabled = source.restarts === 0;
    const previous = this.previous.checked && !this.previous.disabled;
    const key = [source.pod, source.container, source.instance, previous].join("\n");
    if (key === this.shown) return;
    this.shown = key;
    this.reading?.abort();
    this.reading = new AbortController();
    const query = new URLSearchParams({ container: source.container, previous: String(previous) });
    const path = `/api/runs/${encodeURIComponent(this.run)}/pods/${encodeURIComponent(source.pod)}/log?${query}`;
    this.download.href = path;
    this.download.download = `${source.pod}-${source.container}${previous ? "-previous" : ""}.log`;
    void this.read(previous ? path : `${path}&follow=true`, this.reading.signal);
  }

  private async read(path: string, signal: AbortSignal): Promise<void> {
    this.text.clear();
    this.box.dataset["whenEmpty"] = word("logLoading");
    try {
      const answer = await fetch(path, { signal });
      if (!answer.ok || !answer.body) {
        this.box.dataset["whenEmpty"] = word("logMissing");
        return;
      }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done || signal.aborted) break;
        this.text.append(value);
      }
      if (!signal.aborted) this.box.dataset["whenEmpty"] = word("logNone");
    } catch {
      if (signal.aborted) return;
      this.box.dataset["whenEmpty"] = word("logMissing");
      // A log that broke off in the middle is read anew when it is looked at again.
      this.shown = "";
    }
  }
}
