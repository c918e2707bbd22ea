// What shows the manifest's text: a plain text area, or the code editor when it has
// been loaded. The text area holds the text in any case.

import type { Problem } from "./wire.ts";

export interface Face {
  /** Shows the text of the text area, which has changed. */
  draw(): void;
  /** Marks what is wrong at which line. */
  mark(problems: Problem[]): void;
  /** Marks the line that decides something and shows it; 0 for none. */
  light(line: number): void;
  /** Puts the cursor into a line. */
  go(line: number): void;
  /** Puts another text into the text area, in one step where steps can be undone. */
  replace(text: string): void;
}
