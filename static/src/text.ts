// Changes that come with each entry, though mostly nothing changes: an element that is
// set anew is styled and laid out anew, even if it stays the same.

/** Sets the text of an element, in the node that it has if it has one. */
export function setText(e: Element | null, text: string): void {
  const node = e?.firstChild;
  if (node instanceof Text && !node.nextSibling) {
    if (node.data !== text) node.data = text;
  } else if (e && e.textContent !== text) {
    e.textContent = text;
  }
}

export function hide(e: HTMLElement, hidden: boolean): void {
  if (e.hidden !== hidden) e.hidden = hidden;
}
