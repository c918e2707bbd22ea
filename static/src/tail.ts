// Text that grows at its end, of which the beginning is cut once it is too long. It
// stays at the end while the reader does.

import { html } from "./elements.ts";
import { plain } from "./plain.ts";

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
/** How long a piece of text grows before another is begun, in characters. */
const piece = 4096;

export class Tail {
  private length = 0;
  private lines = 0;
  private follows = true;
  private frame = 0;
  /** How far down the box was, whether text above has gone since, and whether the reader has touched it. */
  private top = 0;
  private trimmed = false;
  private touched = false;

  /** box scrolls, and holds nothing but the text. */
  constructor(private readonly box: HTMLElement, private readonly options: Options) {
    box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.stay()).observe(box);
    for (const hand of ["wheel", "pointerdown", "touchmove", "keydown"]) {
      box.addEventListener(hand, () => (this.touched = true), { passive: true });
    }
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
    const last = this.box.lastChild;
    if (kind) {
      this.box.append(html("span", kind, shown));
    } else if (last instanceof Text && last.length < piece) {
      last.appendData(shown);
    } else {
      this.box.append(shown);
    }
    this.length += shown.length;
    this.trim();
    // Much may come at once: the end is looked for when it is shown.
    if (this.follows) this.frame ||= requestAnimationFrame(() => this.stay());
  }

  clear(): void {
    this.box.replaceChildren();
    this.length = this.lines = 0;
    this.options.cut?.(0);
    this.setFollows(true);
  }

  /** Scrolls to the end, if that is where the reader is. */
  stay(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.follows) return;
    this.box.scrollTop = this.box.scrollHeight;
    this.top = this.box.scrollTop;
    this.trimmed = false;
  }

  /** Follows or not, as the reader scrolls; that text came or went moves the box as well. */
  private scrolled(): void {
    const b = this.box;
    if (b.clientHeight === 0) return;
    if (b.scrollTop + b.clientHeight >= b.scrollHeight - near) this.setFollows(true);
    else if (b.scrollTop < this.top && (!this.trimmed || this.touched)) this.setFollows(false);
    this.top = b.scrollTop;
    this.touched = false;
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
      this.trimmed = true;
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
