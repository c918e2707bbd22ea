// The button that switches between the system's theme, light and dark. boot.ts
// applies the choice before the page is first painted.

import { keep } from "./kept.ts";

const order = ["auto", "light", "dark"] as const;
type Theme = (typeof order)[number];

const bars = [...document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")].map((meta) => ({ meta, media: meta.media }));

export function themeSwitch(button: HTMLButtonElement): void {
  const show = (theme: Theme): void => {
    if (theme === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    const text = `${button.dataset["label"]}: ${button.dataset[theme]}`;
    button.setAttribute("aria-label", text);
    button.title = text;
    button.querySelector("[data-theme-name]")!.textContent = button.dataset[theme] ?? "";
    // The colour of the browser's own bar is chosen by the system's theme, unless told.
    for (const { meta, media } of bars) meta.media = theme === "auto" ? media : media.includes(theme) ? "all" : "not all";
  };
  const now = (): Theme => order.find((t) => t === document.documentElement.dataset["theme"]) ?? "auto";
  show(now());
  button.addEventListener("click", () => {
    const next = order[(order.indexOf(now()) + 1) % order.length]!;
    show(next);
    keep("theme", next);
  });
}
