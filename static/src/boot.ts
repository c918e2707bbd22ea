// Runs before the page is painted: it must stay small.

const theme = localStorage.getItem("theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
document.documentElement.classList.add("js");

export {};
