// What the first lab page tells of its three steps: there until it has been read, and
// again when a button asks for it. boot.ts shows it before the page is first painted.

import { keep } from "./kept.ts";

const root = document.documentElement;

export function firstVisit(hint: HTMLElement): void {
  const close = hint.querySelector<HTMLButtonElement>("[data-hint-close]")!;
  const shut = (): void => {
    const inside = hint.contains(document.activeElement);
    delete root.dataset["hint"];
    keep("hint", "read");
    if (inside) document.getElementById("content")?.focus();
  };
  close.addEventListener("click", shut);
  hint.addEventListener("keydown", (e) => {
    if (e.key === "Escape") shut();
  });
  document.addEventListener("click", (e) => {
    if (!(e.target instanceof Element) || !e.target.closest("[data-hint-again]")) return;
    root.dataset["hint"] = "";
    close.focus();
  });
}
