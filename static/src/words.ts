// The words of the page's language, which the server put into the page.

type Names = Record<string, string>;

export interface Words {
  [word: string]: string | Names;
}

const table: Words = JSON.parse(document.getElementById("words")?.textContent ?? "{}") as Words;

/** The word with its {…} filled in. */
export function word(name: string, values: Record<string, string | number> = {}): string {
  const text = table[name];
  if (typeof text !== "string") throw new Error(`no word ${name}`);
  return text.replace(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ""));
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
