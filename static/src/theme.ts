// The button that switches between the system's theme, light and dark. boot.ts
// applies the choice before the page is first painted.

const order = ["auto", "light", "dark"] as const;
type Theme = (typeof order)[number];

export function themeSwitch(button: HTMLButtonElement): void {
  const show = (theme: Theme): void => {
    if (theme === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    const text = `${button.dataset["label"]}: ${button.dataset[theme]}`;
    button.setAttribute("aria-label", text);
    button.title = text;
    button.querySelector("[data-theme-name]")!.textContent = button.dataset[theme] ?? "";
  };
  const now = (): Theme => order.find((t) => t === document.documentElement.dataset["theme"]) ?? "auto";
  button.hidden = false;
  show(now());
  button.addEventListener("click", () => {
    const next = order[(order.indexOf(now()) + 1) % order.length]!;
    show(next);
    localStorage.setItem("theme", next);
  });
}
