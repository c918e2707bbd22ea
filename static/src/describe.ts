// What is said about states and marks, in labels, tooltips and to screen readers.

import type { JobSegment, Lane, Mark, Segment, StepMark } from "./wire.ts";
import { duration, name, word } from "./words.ts";

const finished = new Set(["Completed", "Succeeded", "Error", "StartError", "OOMKilled", "ContainerCannotRun", "DeadlineExceeded", "Evicted"]);

/** The labels that a segment may carry, the fullest first. */
export function labels(s: Segment, last: boolean, ended: boolean): string[] {
  const texts = [s.status];
  let full = s.status;
  if (s.exitCode !== undefined) texts.unshift((full += ` · ${word("exit", { code: s.exitCode })}`));
  else if (s.restarts > 0) texts.unshift((full += ` · ${word("restarts", { n: s.restarts })}`));
  if (last && ended && s.to === null && finished.has(s.status)) texts.unshift(`${full} · ${word("kept")}`);
  return texts;
}

/** A segment in one sentence: where, what, when, and why. */
export function sentence(lane: Lane, s: Segment, end: number, group: string): string {
  const to = s.to ?? Math.max(end, s.from);
  const span = s.to === null
    ? `${word("since", { from: duration(s.from) })}, ${word("still")}`
    : word("span", { from: duration(s.from), to: duration(to) });
  const parts = [`${lane.pod}: ${s.status}`, span];
  if (s.exitCode !== undefined) parts.push(word("exit", { code: s.exitCode }));
  if (s.to !== null) parts.push(word("lasted", { length: duration(to - s.from) }));
  parts.push(`READY ${s.ready}`, word("restarts", { n: s.restarts }), s.inferred ? word("inferred") : group);
  if (s.message) parts.push(s.message);
  return parts.join(", ");
}

/** The labels of a Job's segment, the fullest first. */
export function jobLabels(s: JobSegment): string[] {
  const counters = ([["active", s.active], ["ready", s.ready], ["terminating", s.terminating], ["succeeded", s.succeeded], ["failed", s.failed]] as const)
    .filter(([counter, n]) => n > 0 || (counter === "active" && s.succeeded + s.failed === 0))
    .map(([counter, n]) => `${word(counter)} ${n}`);
  if (s.state === "Active") return counters.map((_, i) => counters.slice(0, counters.length - i).join(" · "));
  const state = s.reason && s.reason !== s.state ? `${s.state} · ${s.reason}` : s.state;
  return [`${state} · ${counters.join(" · ")}`, state, s.state];
}

export function jobSentence(name: string, s: JobSegment, end: number, group: string): string {
  const to = s.to ?? Math.max(end, s.from);
  const span = s.to === null ? [word("since", { from: duration(s.from) })] : [word("span", { from: duration(s.from), to: duration(to) }), word("lasted", { length: duration(to - s.from) })];
  const parts = [`Job ${name}: ${s.state}`, ...span, `${word("active")} ${s.active}`, `${word("succeeded")} ${s.succeeded}`, `${word("failed")} ${s.failed}`, group];
  if (s.reason) parts.push(s.reason);
  if (s.message) parts.push(s.message);
  return parts.join(", ");
}

/** A step that was done, or refused, in one sentence. */
export function stepSentence(m: StepMark, group: string): string {
  return [m.step, name("steps", m.kind === "step" ? "done" : "refused"), duration(m.t), group, m.text].join(", ");
}

export function markText(m: Mark): string {
  const at = duration(m.t);
  switch (m.kind) {
    case "created":
      return `${word("created")} · ${at}`;
    case "restart":
      return `${word("restart", { n: m.text })} · ${at}`;
    case "exit":
      return `${m.container ?? ""} ${word("exit", { code: m.exitCode ?? "?" })} ${m.text} · ${at}`.trim();
    case "sigterm":
      return `${word("sigterm")} · ${at} · ${m.text}`;
    case "deleted":
      return `${word("deleted")} · ${at}`;
    case "gap":
      return `${word("gap")} · ${at}`;
    default:
      return `${name("marks", m.kind)} · ${m.container ?? m.text} · ${at}`;
  }
}
