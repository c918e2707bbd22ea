// Tells screen readers what a stream of lines brings, not more often nor more at once
// than can be listened to.

import { word } from "./words.ts";

/** How long lines are gathered, in milliseconds, and how many of them are read out. */
const gather = 1200;
const most = 6;

export class Speaker {
  private lines: string[] = [];
  private timer = 0;

  /** region is a live region. */
  constructor(private readonly region: HTMLElement) {}

  say(text: string): void {
    this.lines.push(...text.split("\n").filter((l) => l.trim()));
    this.timer ||= setTimeout(() => {
      this.timer = 0;
      const more = this.lines.length - most;
      const said = this.lines.slice(0, most);
      if (more > 0) said.push(word("moreLines", { n: more }));
      this.lines = [];
      this.region.textContent = said.join("\n");
    }, gather);
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.lines = [];
    this.region.textContent = "";
  }
}
