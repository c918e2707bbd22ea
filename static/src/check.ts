// Asks the server what is wrong with a manifest while it is edited.

import type { Problem } from "./wire.ts";

const pause = 400;

/** How a check stands: none, waiting for its answer, answered, or not possible now. */
export type CheckState = "" | "checking" | "good" | "bad" | "away";

export class Checker {
  private timer = 0;
  private request: AbortController | undefined;
  private away = "";

  /** answer gets what was found; problems is undefined as long as nothing is known. */
  constructor(private readonly lab: string, private readonly answer: (state: CheckState, problems?: Problem[]) => void) {
    // What could not be checked is, as soon as there is a cluster.
    const cluster = document.querySelector<HTMLElement>("joblab-cluster");
    if (!cluster) return;
    new MutationObserver(() => {
      if (this.away && cluster.dataset["state"] === "ready") this.soon(this.away);
    }).observe(cluster, { attributeFilter: ["data-state"] });
  }

  /** Checks a text when the reader pauses. An earlier one does not matter any more. */
  soon(text: string): void {
    this.stop();
    this.timer = setTimeout(() => void this.check(text), pause);
  }

  /** Forgets the text. */
  stop(): void {
    clearTimeout(this.timer);
    this.request?.abort();
    this.request = undefined;
    this.away = "";
  }

  private async check(text: string): Promise<void> {
    const request = (this.request = new AbortController());
    this.answer("checking");
    let found: Problem[] | undefined;
    let refused = false;
    try {
      const answer = await fetch(`/api/labs/${this.lab}/check`, {
        method: "POST",
        headers: { "Content-Type": "application/yaml" },
        body: text,
        signal: request.signal,
      });
      if (answer.ok) found = ((await answer.json()) as { problems: Problem[] }).problems;
      // Only Run says why a lab or a text is not taken at all.
      else refused = answer.status < 500;
    } catch {
      // No answer is like that of a cluster that is not ready.
    }
    if (request !== this.request) return;
    this.request = undefined;
    if (found) return this.answer(found.length > 0 ? "bad" : "good", found);
    if (refused) return this.answer("");
    this.away = text;
    this.answer("away");
  }
}
