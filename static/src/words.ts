// The words of the page's language, which the server put into the page.

type Names = Record<string, string>;

export interface Words {
  [word: string]: string | Names;
}

const table: Words = JSON.parse(document.getElementById("words")?.textContent ?? "{}") as Words;

/** Words as they are filled in: texts, and between them the names of what is put there. */
const split = new Map<string, string[]>();

/** The word with its {…} filled in. */
export function word(name: string, values: Record<string, string | number> = {}): string {
  let parts = split.get(name);
  if (!parts) {
    const text = table[name];
    if (typeof text !== "string") throw new Error(`no word ${name}`);
    parts = text.split(/\{(\w+)\}/);
    split.set(name, parts);
  }
  let filled = parts[0]!;
  for (let i = 1; i < parts.length; i += 2) filled += String(values[parts[i]!] ?? "") + parts[i + 1]!;
  return filled;
}

/** The word for one of the names of a group: clusters, runs, checks, outcomes, backends. */
export function name(group: string, key: string): string {
  const names = table[group];
  return (typeof names === "object" ? names[key] : undefined) ?? key;
}

/** A length of time as people say it. */
export function duration(seconds: number): string {
  const s = Math.abs(seconds);
  if (s >= 120) {
    const whole = Math.round(s);
    return word("minutes", { m: Math.floor(whole / 60), s: whole % 60 });
  }
  return word("seconds", { n: s < 10 ? s.toFixed(s < 1 ? 2 : 1) : s.toFixed(s < 60 ? 1 : 0) });
}
