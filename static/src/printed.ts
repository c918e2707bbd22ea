// Pods as kubectl prints them.

import type { Entry } from "./wire.ts";

/**
 * The text that kubectl get pods --watch would have printed of these entries: without
 * the states that are only inferred, which the API server did not publish.
 */
export function asPrinted(entries: Entry[]): string {
  const created = new Map<string, number>();
  const rows = [["NAME", "READY", "STATUS", "RESTARTS", "AGE"]];
  for (const e of entries) {
    if (!e.pod || e.inferred) continue;
    const uid = e.uid ?? "";
    if (!created.has(uid)) created.set(uid, e.t);
    rows.push([e.name ?? "", e.pod.ready, e.pod.status, String(e.pod.restarts), age(e.t - created.get(uid)!)]);
  }
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((r) => r[i]!.length)) + 3);
  return rows.map((r) => r.map((cell, i) => (i < r.length - 1 ? cell.padEnd(widths[i]!) : cell)).join("") + "\n").join("");
}

/** A length of time as duration.HumanDuration of k8s.io/apimachinery says it, up to some hours. */
function age(seconds: number): string {
  const s = Math.floor(seconds);
  const m = Math.floor(s / 60);
  if (s < 120) return `${s}s`;
  if (m < 10) return s % 60 === 0 ? `${m}m` : `${m}m${s % 60}s`;
  if (m < 180) return `${m}m`;
  return m % 60 === 0 ? `${Math.floor(m / 60)}h` : `${Math.floor(m / 60)}h${m % 60}m`;
}
