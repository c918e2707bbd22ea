/*!
 * With CodeMirror, Lezer, style-mod, crelt, w3c-keyname and find-cluster-break, under the
 * MIT License: Copyright (C) 2016-2024 by Marijn Haverbeke and others.
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy
 * of this software and associated documentation files (the "Software"), to deal
 * in the Software without restriction, including without limitation the rights
 * to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
 * copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in
 * all copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 * IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 * FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
 * THE SOFTWARE.
 */
// The code editor, in a file of its own, which pages load when it is wanted.

import { indentUnit, LanguageSupport } from "@codemirror/language";
import { yamlLanguage } from "@codemirror/lang-yaml";
import { isolateHistory } from "@codemirror/commands";
import { EditorState, Text } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import type { Face } from "../face.ts";
import type { Problem } from "../wire.ts";
import { word } from "../words.ts";
import { colours } from "./colours.ts";
import { completion } from "./complete.ts";
import { Difference } from "./difference.ts";
import { help } from "./help.ts";
import { keys } from "./keys.ts";
import { look } from "./look.ts";
import { lineMarks, markLines } from "./marks.ts";
import { constructStyles } from "./sheet.ts";

export { pathText, placeAt } from "./place.ts";

/** Opens the code editor in the place of the text area, which it keeps in step. */
export function open(root: HTMLElement, area: HTMLTextAreaElement): Face {
  constructStyles();
  return new CodeFace(root, area);
}

class CodeFace implements Face {
  private readonly view: EditorView;
  private problems: Problem[] = [];
  private lit = 0;
  /** What the lab's own text ends with; the editor's does not. */
  private readonly end: string;

  constructor(root: HTMLElement, private readonly area: HTMLTextAreaElement) {
    this.end = /\n$/.exec(area.dataset["original"] ?? "")?.[0] ?? "";
    const difference = new Difference(document.querySelector("[data-difference]")!, text(area.dataset["original"] ?? ""));
    const focused = document.activeElement === area;
    this.view = new EditorView({
      parent: root,
      state: EditorState.create({
        doc: text(area.value),
        selection: { anchor: inside(area, area.selectionStart), head: inside(area, area.selectionEnd) },
        extensions: [
          lineNumbers(),
          EditorState.tabSize.of(2),
          indentUnit.of("  "),
          EditorState.phrases.of({ Completions: word("completions") }),
          new LanguageSupport(yamlLanguage),
          colours(),
          lineMarks(),
          help(),
          completion(),
          keys(),
          difference.extension(),
          look,
          // It can have the focus anyhow; this says so to those who look for tabindex.
          EditorView.contentAttributes.of({ tabindex: "0", "aria-labelledby": "manifest-name", "aria-describedby": "problems editor-keys", autocapitalize: "off", spellcheck: "false" }),
          EditorView.updateListener.of((u) => {
            if (!u.docChanged) return;
            this.put();
            difference.count(u.view);
          }),
        ],
      }),
    });
    difference.attach(this.view);
    root.dataset["loaded"] = "";
    area.tabIndex = -1;
    area.ariaHidden = "true";
    for (const plain of root.querySelectorAll("[data-gutter], [data-paint]")) plain.remove();
    document.querySelector("#manifest-name")?.addEventListener("click", (e) => {
      e.preventDefault(); // it would focus the text area
      this.view.focus();
    });
    if (focused) this.view.focus();
  }

  /** Takes what somebody else has put into the text area. */
  draw(): void {
    const now = text(this.area.value);
    if (now.eq(this.view.state.doc)) return;
    this.view.dispatch({ changes: change(this.view.state.doc, now), annotations: isolateHistory.of("full") });
  }

  mark(problems: Problem[]): void {
    this.problems = problems;
    this.marks();
  }

  light(line: number): void {
    this.lit = line;
    this.marks();
    const { doc } = this.view.state;
    if (line > 0 && line <= doc.lines) this.view.dispatch({ effects: EditorView.scrollIntoView(doc.line(line).from, { y: "nearest" }) });
  }

  go(line: number): void {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    this.view.dispatch({ selection: { anchor: at.from, head: at.to }, scrollIntoView: true });
    this.view.focus();
  }

  replace(value: string): void {
    this.view.dispatch({ changes: change(this.view.state.doc, text(value)), annotations: isolateHistory.of("full"), userEvent: "input.reset" });
    this.view.focus();
  }

  private marks(): void {
    this.view.dispatch(...markLines(this.view.state, this.problems, this.lit));
  }

  /** Puts the text into the text area, and tells as if it had been typed there. */
  private put(): void {
    const value = this.view.state.doc.toString() + this.end;
    if (this.area.value === value) return;
    this.area.value = value;
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** A text without the line end after its last line, which would be an empty line here. */
function text(value: string): Text {
  return Text.of(value.replace(/\n$/, "").split(/\r\n?|\n/));
}

/** A position in the text area that is one in the text, too. */
function inside(area: HTMLTextAreaElement, position: number): number {
  return Math.min(position, area.value.replace(/\n$/, "").length);
}

/** The change of the least part of a text that makes it another. */
function change(from: Text, to: Text): { from: number; to: number; insert: string } {
  const [a, b] = [from.toString(), to.toString()];
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start++;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return { from: start, to: a.length - end, insert: b.slice(start, b.length - end) };
}
