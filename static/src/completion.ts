// What Tab makes of a line: the one way to go on, or what all ways have in common.

/** GET /api/runs/{id}/console/complete: what stands between from, in bytes, and the cursor can be any of these. */
export interface Candidates {
  from: number;
  candidates: { text: string; note?: string }[];
}

export interface Completion {
  line: string;
  /** Where the cursor is then. */
  at: number;
  /** What there is to choose from, as text; empty if there is no choice. */
  choices: string;
}

/** A place in a line as the server counts: in bytes. */
export function place(line: string, at: number): number {
  return new TextEncoder().encode(line.slice(0, at)).length;
}

export function complete(line: string, at: number, found: Candidates): Completion {
  const texts = found.candidates.map((c) => c.text);
  if (texts.length === 0) return { line, at, choices: "" };
  const from = new TextDecoder().decode(new TextEncoder().encode(line).subarray(0, found.from)).length;
  const typed = line.slice(from, at);
  let insert = common(texts);
  const single = texts.length === 1;
  if (single && !/[=/:]$/.test(insert)) insert += " ";
  // What all begin with may be shorter than what was typed in another way.
  if (!single && insert.length <= typed.length) insert = typed;
  const rest = line.slice(at).replace(/^ /, insert.endsWith(" ") ? "" : " ");
  return {
    line: line.slice(0, from) + insert + rest,
    at: from + insert.length,
    choices: single ? "" : listed(found.candidates),
  };
}

function common(texts: string[]): string {
  let prefix = texts[0] ?? "";
  for (const t of texts) while (!t.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}

/** One a line if there are notes, else side by side. */
function listed(candidates: Candidates["candidates"]): string {
  const width = Math.max(...candidates.map((c) => c.text.length)) + 2;
  if (candidates.some((c) => c.note)) return candidates.map((c) => (c.text.padEnd(width) + (c.note ?? "")).trimEnd()).join("\n");
  const columns = Math.max(1, Math.floor(80 / width));
  const rows: string[] = [];
  for (let i = 0; i < candidates.length; i += columns) {
    rows.push(candidates.slice(i, i + columns).map((c) => c.text.padEnd(width)).join("").trimEnd());
  }
  return rows.join("\n");
}
