// What can be done with a run as a whole: share it, compare it, take it away.

import { copied } from "./copy.ts";
import { download } from "./download.ts";
import { drawPNG, drawSVG } from "./drawing.ts";
import type { TimelineElement } from "./timeline.ts";
import type { RunInfo, State } from "./wire.ts";
import { duration, name, word } from "./words.ts";

const drawingWidth = 1200;

/** Makes the tools work that the page has. */
export function runTools(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy-link]")) {
    button.addEventListener("click", () => void copyLink(button));
  }
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu]")) closing(menu);
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-export]")) {
    button.addEventListener("click", () => void save(button));
  }
}

/** Lets the tools name a run that has been started in the page. */
export function toolsOf(run: string, cluster: string): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-run-href]")) {
    link.href = link.dataset["runHref"]!.replace("{id}", encodeURIComponent(run));
    link.hidden = false;
  }
  for (const e of document.querySelectorAll<HTMLElement>("[data-needs-run], details[data-menu]")) e.hidden = false;
  for (const e of document.querySelectorAll<HTMLElement>("button[data-export]")) e.dataset["cluster"] = cluster;
}

/** Says at the head of a run's page how it ended. */
export function tellEnd(outcome: State | undefined, info: RunInfo, took: number): void {
  const said = document.querySelector<HTMLElement>("[data-run-outcome]");
  if (!said) return;
  said.dataset["runOutcome"] = outcome ?? "";
  said.textContent = outcome ? name("outcomes", outcome) : name("runs", info.state);
  document.querySelector("[data-run-took]")!.textContent = duration(took);
}

function say(text: string): void {
  const said = document.querySelector("[data-run-said]");
  if (said) said.textContent = text;
}

async function copyLink(button: HTMLButtonElement): Promise<void> {
  // The address of the page names the moment that is shown, if one is.
  say(word(await copied(location.href) ? "copied" : "copyFailed"));
  button.focus();
}

/** Closes a menu as menus are closed: by Escape, by a click elsewhere, when one of it is chosen. */
function closing(menu: HTMLDetailsElement): void {
  menu.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
    e.stopPropagation();
  });
  menu.addEventListener("click", (e) => {
    if (e.target instanceof Element && e.target.closest("li")) menu.open = false;
  });
  document.addEventListener("click", (e) => {
    if (menu.open && e.target instanceof Node && !menu.contains(e.target)) menu.open = false;
  });
}

/** Saves the drawing of the run as a file. */
async function save(button: HTMLButtonElement): Promise<void> {
  const timeline = document.querySelector<TimelineElement>("joblab-timeline");
  const run = document.querySelector<HTMLElement>("joblab-run")?.dataset["run"];
  if (!timeline || !run || button.disabled) return;
  const { lab = "", slug = "", cluster = "", export: form = "svg" } = button.dataset;
  button.disabled = true;
  say(word("drawing"));
  try {
    const svg = await drawSVG(timeline.whole(drawingWidth), { title: word("drawingTitle", { lab, run }), about: cluster });
    const file = form === "png" ? await drawPNG(svg) : new Blob([svg.text], { type: "image/svg+xml" });
    download(file, `joblab-${slug}-${run}.${form}`);
    say("");
  } catch {
    say(word("exportFailed"));
  } finally {
    button.disabled = false;
  }
}
