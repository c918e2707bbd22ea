// What a frame of the timeline shows, and what follows from its width.

import type { Range } from "./scale.ts";
import type { Scene } from "./scene.ts";
import type { View } from "./wire.ts";

/** What a frame shows. */
export interface Frame {
  expected: View;
  observed: View;
  /** The time now, or at which the run ended; undefined before a run. */
  now: number | undefined;
  live: boolean;
  /** What is observed is the recorded run. */
  recorded: boolean;
  range: Range;
  width: number;
  /** The key of the segment that the keyboard is at, which is drawn in any case; empty if there is none. */
  active: string;
  /** What checks say of the segments at which they diverged, by the segment's seq, the first divergence first. */
  diverged: ReadonlyMap<number, string>;
  /** Which part of the rows is in view, in pixels below the axis; without it all are drawn. */
  viewport?: { top: number; bottom: number };
}

/** A frame as its rows are drawn: what follows from its width, and how texts look. */
export interface Setting {
  frame: Frame;
  /** The names' column; 0 if names are above their lanes. */
  left: number;
  /** The width of the axis. */
  width: number;
  /** Names are above their lanes. */
  narrow: boolean;
  fonts: { name: string; small: string; label: string };
  /** The patterns' ids begin with it. */
  patterns: string;
}

/** With so many seconds in view the time now is given in whole ones. */
export const coarse = 150;

/** Below this width names are above the lanes. */
const narrowest = 560;
const names = 176;
/** What is left free beside the axis, for what ends there. */
const margin = 12;

export function setting(frame: Frame, family: string, patterns: string): Setting {
  const narrow = frame.width < narrowest;
  const { left, width } = axisOf(frame.width);
  return {
    frame, narrow, left, width, patterns,
    fonts: { name: `600 12.5px ${family}`, small: `400 11px ${family}`, label: `600 11.5px ${family}` },
  };
}

/** Where the axis is in a drawing of a width. */
export function axisOf(width: number): { left: number; width: number } {
  const left = width < narrowest ? 0 : names;
  return { left, width: Math.max(60, width - left - margin) };
}

/** The elements of a row and where they go. */
export interface Place {
  scene: Scene;
  row: Element;
  /** Behind all rows. */
  under: Element;
  body: Element;
  names: Element;
  /** Draws only the state that goes on up to now; undefined if there is none or more depends on now. */
  stretch: ((set: Setting) => void) | undefined;
}
