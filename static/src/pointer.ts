// Wheel, mouse and fingers on the drawing. One finger up and down scrolls, as
// everywhere on the page; sideways, and two fingers, are for the axis.

export interface Gestures {
  /** Zooms around a place of the axis, from 0 to 1. */
  zoom(factor: number, at: number): void;
  /** Moves by a share of what is shown; it says whether anything can move. */
  pan(share: number): boolean;
  /** Where the axis is, in pixels of the drawing. */
  axis(): { left: number; width: number };
}

/** Before a pointer has moved so far it is on its way to a click. */
const still = 4;

export function gestures(drawing: HTMLElement, g: Gestures): void {
  const place = (x: number): number => {
    const { left, width } = g.axis();
    return Math.min(1, Math.max(0, (x - drawing.getBoundingClientRect().left - left) / width));
  };
  drawing.addEventListener("wheel", (e) => {
    const sideways = Math.abs(e.deltaX) > Math.abs(e.deltaY) ? e.deltaX : e.shiftKey ? e.deltaY : 0;
    if (e.ctrlKey || e.metaKey) {
      e.preventDefault();
      g.zoom(Math.exp(Math.max(-100, Math.min(100, e.deltaY)) * 0.004), place(e.clientX));
    } else if (sideways && g.pan(sideways / g.axis().width)) {
      e.preventDefault();
    }
  }, { passive: false });
  drawing.addEventListener("dblclick", (e) => g.zoom(e.shiftKey ? 2.5 : 1 / 2.5, place(e.clientX)));

  const pressed = new Map<number, { x: number; y: number }>();
  let began = 0;
  drawing.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    pressed.set(e.pointerId, { x: e.clientX, y: e.clientY });
    began = e.clientX;
  });
  drawing.addEventListener("pointermove", (e) => {
    const before = pressed.get(e.pointerId);
    if (!before) return;
    const now = { x: e.clientX, y: e.clientY };
    if (pressed.size === 2) {
      const other = [...pressed].find(([id]) => id !== e.pointerId)![1];
      const apart = (p: { x: number; y: number }): number => Math.max(20, Math.hypot(p.x - other.x, p.y - other.y));
      g.zoom(apart(before) / apart(now), place((now.x + other.x) / 2));
    } else if (drawing.hasPointerCapture(e.pointerId)) {
      g.pan((before.x - now.x) / g.axis().width);
    } else if (Math.abs(now.x - began) > still) {
      drawing.setPointerCapture(e.pointerId);
      g.pan((before.x - now.x) / g.axis().width);
    } else {
      return;
    }
    pressed.set(e.pointerId, now);
  });
  for (const over of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
    drawing.addEventListener(over, (e) => pressed.delete(e.pointerId));
  }
}
