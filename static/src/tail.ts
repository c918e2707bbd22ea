// Text that grows at its end, of which the beginning is cut once it is too long. It
// stays at the end while the reader does.

import { plain } from "./legible.ts";

interface Options {
  /** How much is kept, in characters. */
  most: number;
  /** Told when it begins and ends to stay at the end. */
  following?(following: boolean): void;
  /** Told how many lines have been cut in all. */
  cut?(lines: number): void;
}

/** How far from the end, in pixels, still counts as the end. */
const near = 24;

export class Tail {
  private length = 0;
  private lines = 0;
  private follows = true;

  /** box scrolls, and holds nothing but the text. */
  constructor(private readonly box: HTMLElement, private readonly options: Options) {
    box.addEventListener("scroll", () => {
      if (box.clientHeight > 0) this.setFollows(box.scrollTop + box.clientHeight >= box.scrollHeight - near);
    }, { passive: true });
  }

  get follow(): boolean {
    return this.follows;
  }

  set follow(follow: boolean) {
    this.setFollows(follow);
    this.stay();
  }

  /** Appends a text; kind is the class of what is not plain output. */
  append(text: string, kind?: string): void {
    if (text === "") return;
    const shown = plain(text);
    if (kind) {
      const span = document.createElement("span");
      span.className = kind;
      span.textContent = shown;
      this.box.append(span);
    } else {
      this.box.append(shown);
    }
    this.length += shown.length;
    this.trim();
    this.stay();
  }

  clear(): void {
    this.box.replaceChildren();
    this.length = this.lines = 0;
    this.options.cut?.(0);
    this.setFollows(true);
  }

  /** Scrolls to the end, if that is where the reader is. */
  stay(): void {
    if (this.follows) this.box.scrollTop = this.box.scrollHeight;
  }

  private setFollows(follows: boolean): void {
    if (follows === this.follows) return;
    this.follows = follows;
    this.options.following?.(follows);
  }

  /** Drops whole lines from the beginning. */
  private trim(): void {
    const before = this.lines;
    while (this.length > this.options.most) {
      const first = this.box.firstChild!;
      const text = first.textContent ?? "";
      const over = this.length - this.options.most;
      const end = over >= text.length ? text.length : text.indexOf("\n", over) + 1 || text.length;
      for (let i = text.indexOf("\n"); i >= 0 && i < end; i = text.indexOf("\n", i + 1)) this.lines++;
      if (end === text.length) first.remove();
      else first.textContent = text.slice(end);
      this.length -= end;
    }
    if (this.lines !== before) this.options.cut?.(this.lines);
  }
}
