// What the server answers to scripts, or why it does not.

import { word } from "./words.ts";

/** Why there is no answer; message says it in the page's words, or else in the server's. */
export class NoAnswer extends Error {
  /** status is 0 if the server did not answer. */
  constructor(readonly status: number, said: string | undefined) {
    const known = words[status];
    super(known ? word(known) : said ?? `${word("noServer")} (${status})`);
  }
}

const words: Record<number, string> = { 0: "noServer", 404: "notServed", 410: "cleanedUp", 503: "clusterOff" };

/** What to say of something that failed: if not for want of an answer, one broke off. */
export function said(failure: unknown): string {
  return failure instanceof NoAnswer ? failure.message : word("noServer");
}

/** Fetches what must be there, or throws NoAnswer. */
export async function ask(address: string, how: RequestInit = { cache: "no-store" }): Promise<Response> {
  const answer = await fetch(address, how).catch(() => undefined);
  if (answer?.ok) return answer;
  const body = (await answer?.json().catch(() => undefined)) as { error?: string } | undefined;
  throw new NoAnswer(answer?.status ?? 0, body?.error);
}
