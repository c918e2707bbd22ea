// How the expectations and the whole run stand.

import type { Shown } from "./record.ts";
import { setText } from "./text.ts";
import type { State, Verdict } from "./wire.ts";
import { whyLink } from "./why.ts";
import { name, word } from "./words.ts";

export function showChecks(root: HTMLElement, record: Shown, run: string): void {
  for (const li of root.querySelectorAll<HTMLElement>("[data-check]")) {
    const v = record.verdicts.get(li.dataset["check"]!);
    show(li, v?.state ?? "pending", v ? detail(v) : "");
    const here = li.querySelector("[data-why-here]");
    const explained = v?.id && (v.state === "diverged" || v.state === "undecided");
    if (here && !explained) here.replaceChildren();
    else if (here && !here.firstElementChild && v?.id) here.append(whyLink(run, v.id));
  }
}

/** Shows how a refusal was judged, of which there is no run. */
export function showVerdict(root: HTMLElement, verdict: Verdict): void {
  for (const v of verdict.checks ?? []) {
    const li = root.querySelector<HTMLElement>(`[data-check="${CSS.escape(v.id ?? "")}"]`);
    if (li) show(li, v.state ?? "pending", detail(v));
  }
  showOutcome(root, verdict.outcome, "refused", "");
}

export function resetChecks(root: HTMLElement): void {
  for (const li of root.querySelectorAll<HTMLElement>("[data-check]")) {
    show(li, "pending", "");
    li.querySelector("[data-why-here]")?.replaceChildren();
  }
}

export function showOutcome(root: HTMLElement, outcome: State | undefined, state: string, reason: string): void {
  const p = root.querySelector<HTMLElement>(".outcome");
  if (!p) return;
  p.hidden = false;
  p.dataset["outcome"] = outcome ?? "";
  p.dataset["runState"] = state;
  setText(p.querySelector("[data-word]"), outcome ? name("outcomes", outcome) : name("runs", state));
  // That all went as expected, or differently, needs no reason beside the checks.
  setText(p.querySelector("[data-reason]"), outcome !== "undecided" ? "" : state === "stopped" ? name("runs", state) : reason);
}

function show(li: HTMLElement, state: State, text: string): void {
  if (li.dataset["state"] !== state) {
    li.dataset["state"] = state;
    li.querySelector("use")?.setAttribute("href", `#i-${state}`);
    setText(li.querySelector("[data-word]"), name("checks", state));
  }
  setText(li.querySelector("[data-detail]"), text);
}

/** What decided a check, or what it waits for: the same words as web/view. */
export function detail(v: Verdict): string {
  const parts = [];
  if (v.pod) parts.push(v.pod);
  if (v.state === "diverged" && v.expected) parts.push(word("diverged", { expected: v.expected, got: v.got ?? "" }));
  else if (v.got) parts.push(v.got);
  const text = parts.join(": ");
  if (!v.cause) return text;
  return text ? `${text} — ${v.cause}` : v.cause;
}
