// The catalogue: finds labs while one types, by the rule by which the server finds
// them (web/find.go), and marks the track that is in sight.

import { forget } from "./kept.ts";
import { shortcuts } from "./keys.ts";

/** The words of a text, whatever their case or, of Hangul, their encoding. */
function words(text: string): string[] {
  return text.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
}

export function catalogue(shelf: HTMLElement): void {
  const form = shelf.querySelector<HTMLFormElement>("[data-find]")!;
  const input = form.elements.namedItem("q") as HTMLInputElement;
  const index = JSON.parse(document.getElementById("index")!.textContent!) as Record<string, string>;
  const labs = [...shelf.querySelectorAll<HTMLElement>("[data-lab]")];
  const tracks = [...shelf.querySelectorAll<HTMLElement>("[data-track]")];
  const count = form.querySelector<HTMLElement>("[data-count]")!;
  const none = shelf.querySelector<HTMLElement>("[data-no-match]")!;

  const taken = (): Set<HTMLElement> => {
    const asked = new FormData(form);
    const query = words(String(asked.get("q") ?? ""));
    const minutes = Number(asked.get("minutes"));
    return new Set(labs.filter((lab) =>
      query.every((word) => index[lab.dataset["lab"]!]!.includes(word))
      && (!minutes || Number(lab.dataset["minutes"]) <= minutes)
      && (!asked.has("left") || lab.dataset["state"] !== "met")
      && (!asked.has("here") || lab.dataset["unavailable"] === undefined)));
  };

  const find = (): void => {
    const found = taken();
    for (const lab of labs) lab.hidden = !found.has(lab);
    for (const track of tracks) {
      const empty = !track.querySelector("[data-lab]:not([hidden])");
      track.hidden = empty;
      shelf.querySelector(`[data-jump="${CSS.escape(track.dataset["track"]!)}"]`)!.parentElement!.hidden = empty;
    }
    none.hidden = found.size > 0;
    count.textContent = form.dataset["matches"]!.replace("{n}", String(found.size)).replace("{all}", String(labs.length));
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== "") as [string, string][]);
    history.replaceState(null, "", asked.size > 0 ? `?${asked}` : location.pathname);
  };

  form.addEventListener("input", (e) => {
    // A syllable that is being composed may not be part of any word yet.
    if ((e as InputEvent).isComposing && taken().size === 0) return;
    find();
  });
  form.addEventListener("change", find);
  input.addEventListener("compositionend", find);
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    find();
    const found = [...taken()];
    if (found.length === 1) found[0]!.querySelector("a")!.click();
  });
  shelf.querySelector("[data-show-all]")!.addEventListener("click", (e) => {
    e.preventDefault();
    for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")) {
      if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
    find();
    input.focus();
  });
  input.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || e.isComposing || input.value === "") return;
    e.preventDefault();
    input.value = "";
    find();
  });
  shortcuts("catalogue", [{
    keys: ["/"], does: "find", press: () => {
      input.focus();
      input.select();
    },
  }]);

  shelf.querySelector<HTMLFormElement>("[data-forget]")?.addEventListener("submit", () => forget("predict:"));
  mark(shelf, tracks);
}

/** Marks, in the list of tracks, the first one that is in sight. */
function mark(shelf: HTMLElement, tracks: HTMLElement[]): void {
  const seen = new Set<Element>();
  const watch = new IntersectionObserver((entries) => {
    for (const e of entries) {
      if (e.isIntersecting) seen.add(e.target);
      else seen.delete(e.target);
    }
    const first = tracks.find((t) => seen.has(t));
    for (const a of shelf.querySelectorAll<HTMLElement>("[data-jump]")) {
      if (a.dataset["jump"] === first?.dataset["track"]) a.setAttribute("aria-current", "true");
      else a.removeAttribute("aria-current");
    }
  }, { rootMargin: "-140px 0px -30% 0px" });
  for (const t of tracks) watch.observe(t);
}
