// The keys of the page: one table, which the parts of the page put theirs into, the
// help that lists it, and the keys that work wherever the focus is.

import { html } from "./elements.ts";
import { keep, kept } from "./kept.ts";
import { name } from "./words.ts";

export interface Shortcut {
  /** What can be pressed, as it is written on the keys. */
  keys: string[];
  /** What it does, one of the names of the group keys. */
  does: string;
  /**
   * Does it, wherever on the page the focus is; the first of keys is one character.
   * Without it the part handles the key itself, while it has the focus.
   */
  press?: () => void;
}

const table = new Map<string, Shortcut[]>();
/** Whether a character does something although nothing that takes it has the focus. */
let single = kept("keys") !== "off";

/** Puts the shortcuts of a part of the page, one of the names of the group keys, into the table. */
export function shortcuts(part: string, list: Shortcut[]): void {
  table.set(part, [...(table.get(part) ?? []), ...list]);
}

/** Lets keys do what the table says, and the button open the list of them. */
export function keysHelp(button: HTMLButtonElement): void {
  const help = new Help();
  const open = (): void => help.open();
  shortcuts("everywhere", [{ keys: ["?"], does: "help", press: open }]);
  button.addEventListener("click", open);
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.repeat || e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
    if (!single || takesText(e.target) || document.querySelector("dialog:modal")) return;
    const found = [...table.values()].flat().find((s) => s.press && is(e, s.keys[0]!));
    if (!found) return;
    e.preventDefault();
    found.press!();
  });
}

function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range])");
}

/** Whether an event is of a character. With a layout that has no Latin letters, it is where the letter is elsewhere. */
function is(e: KeyboardEvent, character: string): boolean {
  if (e.key.toLowerCase() === character.toLowerCase()) return true;
  return /^[a-z]$/i.test(character) && !/^[\x20-\x7e]$/.test(e.key) && e.code === `Key${character.toUpperCase()}`;
}

/** The dialog that lists the table. It gives the focus back to where it was. */
class Help {
  private readonly dialog = html("dialog", "keys");

  constructor() {
    this.dialog.setAttribute("aria-labelledby", "keys-title");
    // A click beside the dialog is one on its backdrop, which counts as itself.
    this.dialog.addEventListener("click", (e) => {
      if (e.target === this.dialog) this.dialog.close();
    });
    document.body.append(this.dialog);
  }

  open(): void {
    this.dialog.replaceChildren(this.head(), ...[...table].map(([part, list]) => section(part, list)), choice(), ...this.again());
    this.dialog.showModal();
  }

  /** What the first visit of a page tells can be asked for again. */
  private again(): HTMLElement[] {
    if (!document.querySelector("[data-hint-close]")) return [];
    const again = html("button", "button small", name("keys", "hint"));
    again.type = "button";
    again.dataset["hintAgain"] = "";
    again.addEventListener("click", () => this.dialog.close());
    return [again];
  }

  private head(): HTMLElement {
    const head = html("div", "card-head");
    const title = html("h2", "", name("keys", "title"));
    title.id = "keys-title";
    const close = html("button", "button small", name("keys", "close"));
    close.type = "button";
    close.addEventListener("click", () => this.dialog.close());
    head.append(title, close);
    return head;
  }
}

function section(part: string, list: Shortcut[]): HTMLElement {
  const s = html("section");
  const dl = html("dl");
  for (const { keys, does } of list) {
    const row = html("div");
    const dt = html("dt");
    keys.forEach((key, i) => dt.append(...(i > 0 ? [" "] : []), html("kbd", "", key)));
    row.append(dt, html("dd", "", name("keys", does)));
    dl.append(row);
  }
  s.append(html("h3", "", name("keys", part)), dl);
  return s;
}

/** The switch for those who speak to their computer, or hit keys by mistake. */
function choice(): HTMLElement {
  const label = html("label", "check");
  const box = html("input");
  box.type = "checkbox";
  box.checked = single;
  box.addEventListener("change", () => {
    single = box.checked;
    keep("keys", single ? "on" : "off");
  });
  label.append(box, name("keys", "single"));
  return label;
}
