// <joblab-cluster>: the badge that says which cluster there is and how it is.

import { setText } from "./text.ts";
import type { ClusterInfo } from "./wire.ts";
import { name, word } from "./words.ts";

/** The words for what a reader must know of a cluster that is not as it should be. */
const notices: Partial<Record<ClusterInfo["state"], string>> = {
  unreachable: "clusterUnreachable",
  restarting: "clusterDown",
  failed: "clusterFailed",
};

export class ClusterElement extends HTMLElement {
  private source: EventSource | undefined;

  connectedCallback(): void {
    this.listen();
    // A page that nobody sees holds no connection: browsers have few.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.listen();
      else this.close();
    });
    addEventListener("pagehide", () => this.close());
  }

  disconnectedCallback(): void {
    this.close();
  }

  private listen(): void {
    if (this.source && this.source.readyState !== EventSource.CLOSED) return;
    this.source = new EventSource("/api/cluster/events");
    this.source.onmessage = (e: MessageEvent<string>) => this.show(JSON.parse(e.data) as ClusterInfo);
    this.source.onerror = () => {
      this.dataset["connection"] = "lost";
      this.put("[data-word]", name("clusters", "lost"));
      this.put("[data-step]", "");
    };
  }

  private close(): void {
    this.source?.close();
    this.source = undefined;
  }

  private show(c: ClusterInfo): void {
    delete this.dataset["connection"];
    this.dataset["state"] = c.state;
    this.dataset["generation"] = String(c.generation);
    this.title = [c.step, c.error].filter(Boolean).join(" · ");
    this.put("[data-backend]", name("backends", c.backend));
    this.put("[data-version]", c.version);
    this.put("[data-word]", name("clusters", c.state));
    this.put("[data-step]", c.state !== "ready" && c.step ? `: ${c.step}` : "");
    this.querySelector<HTMLElement>("[data-kubernetes]")!.hidden = c.version === "";
    const notice = document.querySelector<HTMLElement>("[data-cluster-notice]");
    if (!notice) return;
    const said = notices[c.state];
    const since = new Date(c.since).toLocaleTimeString(document.documentElement.lang);
    notice.hidden = said === undefined;
    setText(notice, said ? word(said, { since, error: c.error }) : "");
  }

  /** Changes a text only if it is another one, so that it is announced once. */
  private put(selector: string, text: string): void {
    setText(this.querySelector(selector), text);
  }
}
