// The clipboard, and a button that copies a text and says for a moment whether it did.

import { word } from "./words.ts";

/** How long it says so, in milliseconds. */
const shown = 1500;

export function copyButton(button: HTMLButtonElement, text: () => string): void {
  const title = button.textContent ?? "";
  let timer = 0;
  button.addEventListener("click", async () => {
    const done = await copied(text());
    button.textContent = word(done ? "copied" : "copyFailed");
    clearTimeout(timer);
    timer = setTimeout(() => (button.textContent = title), shown);
  });
}

/** Copies a text, and says whether it could: browsers give the clipboard only to pages that came over TLS or from the same machine. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
