// Runs before the page is painted: it must stay small.

const root = document.documentElement;
root.classList.add("js");
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") root.dataset["theme"] = theme;
  if (!localStorage.getItem("hint")) root.dataset["hint"] = "";
} catch {
  // A browser that keeps nothing shows the system's theme.
}

export {};
