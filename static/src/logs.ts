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
  /** The entries that told of the container first, of the newest instance, and of its end: from then on its log is whole. */
  first: number;
  began: number;
  ended: number;
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
  private readonly note: HTMLElement;
  private readonly text: Tail;
  private run = "";
  private sources = new Map<string, Source>();
  private readonly offered = new Set<string>();
  /** The pod that the reader chose; until then the newest is shown. */
  private chosen = "";
  /** The last entry that is shown. */
  private until = Infinity;
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
    this.note = find("[data-log-note]");
    const end = find("[data-log-end]");
    this.text = new Tail(this.box, {
      most,
      following: (follows) => {
        this.follow.checked = follows;
        end.hidden = follows;
      },
    });
    this.pods.addEventListener("change", () => {
      this.chosen = this.pods.value;
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
    this.chosen = "";
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
        const ended = c.state === "terminated" || c.state === "waiting" || e.type === "deleted" ? e.seq : Infinity;
        if (known?.instance === c.containerID) {
          known.ended = Math.min(known.ended, ended);
          continue;
        }
        this.sources.set(key, { pod: e.name!, container: c.name, restarts: c.restarts, instance: c.containerID, first: known?.first ?? e.seq, began: e.seq, ended });
        changed = true;
        another ||= !known;
        if (!known) this.addPod(e.name!);
      }
    }
    if (!changed) return this.tell();
    this.links.hidden = true;
    this.tools.hidden = false;
    this.view.hidden = false;
    // The address may have asked for an earlier time.
    if (this.until !== Infinity) this.offer();
    if (another) this.choose();
    this.open();
  }

  /** Offers only the pods that had a log when an entry came. Lines are kept without their times, so that a log is shown whole, which is said. */
  upTo(seq: number): void {
    this.until = seq;
    this.offer();
    this.choose();
    this.open();
  }

  private offer(): void {
    const now = new Set([...this.sources.values()].filter((s) => s.first <= this.until).map((s) => s.pod));
    for (const option of this.pods.options) option.disabled = option.hidden = !now.has(option.value);
  }

  /** Chooses the reader's pod or, if there is none, the newest of those that are offered. */
  private choose(): void {
    const offered = [...this.pods.options].filter((o) => !o.disabled).map((o) => o.value);
    this.pods.value = offered.includes(this.chosen) ? this.chosen : (offered.at(-1) ?? "");
    this.listContainers();
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
    const names = [...this.sources.values()].filter((s) => s.pod === this.pods.value && s.first <= this.until).map((s) => s.container);
    const kept = this.containers.value;
    this.containers.replaceChildren(...names.map((n) => new Option(plain(n), n)));
    if (names.includes(kept)) this.containers.value = kept;
    this.containers.parentElement!.hidden = names.length < 2;
  }

  /** Reads what is chosen, if it is seen and is not read already. */
  private open(): void {
    const { source } = this;
    this.tell();
    if (!this.visible) return;
    if (!source) return this.nothing();
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

  private get source(): Source | undefined {
    return this.sources.get(`${this.pods.value}/${this.containers.value}`);
  }

  /** Says whether the log goes on after the time that is shown. */
  private tell(): void {
    const { source } = this;
    const whole = source && (this.previous.checked && source.restarts > 0 ? source.began : source.ended);
    this.note.hidden = whole === undefined || whole <= this.until;
  }

  /** No container had started by the time that is shown. */
  private nothing(): void {
    this.reading?.abort();
    this.shown = "";
    this.text.clear();
    this.box.dataset["whenEmpty"] = word("logNone");
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
