// CodeMirror puts its styles into a <style> element, which the pages' policy
// refuses. A constructed style sheet is the script's own. A page has one editor.

import { StyleModule } from "style-mod";

const sheet = new CSSStyleSheet();

/** Makes editors that are opened from now on style themselves by a constructed sheet. */
export function constructStyles(): void {
  StyleModule.mount = (root, modules) => {
    // In the order in which CodeMirror gives them: later rules win.
    sheet.replaceSync([modules].flat().map((m) => m.getRules()).join("\n"));
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  };
}
