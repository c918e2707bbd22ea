// Help for the field under the pointer or at the cursor, in the API's own words.

import { type EditorState, type Extension, Prec, StateEffect, StateField } from "@codemirror/state";
import { closeHoverTooltips, EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from "@codemirror/view";
import { html } from "../elements.ts";
import { word } from "../words.ts";
import { type Place, pathText, placeAt } from "./place.ts";
import { type Field, fieldAt, schemaOf } from "./schema.ts";

const show = StateEffect.define<Tooltip | null>();

/** The help that was asked for by a key; it goes when the cursor does. */
const asked = StateField.define<Tooltip | null>({
  create: () => null,
  update(tooltip, tr) {
    for (const e of tr.effects) if (e.is(show)) return e.value;
    return tr.docChanged || tr.selection ? null : tooltip;
  },
  provide: (f) => showTooltip.from(f),
});

export function help(): Extension {
  return [
    asked,
    hoverTooltip((view, pos) => helpAt(view.state, pos).then((h) => h && tooltip(h)), { hoverTime: 350 }),
    Prec.high(
      keymap.of([
        { key: "F1", mac: "F1", run: ask, preventDefault: true },
        { key: "Mod-i", run: ask, preventDefault: true },
        { key: "Escape", run: close },
      ]),
    ),
  ];
}

interface Help {
  place: Place;
  field: Field | undefined;
}

/** undefined where there is no field, or nothing is known of the kind. */
async function helpAt(state: EditorState, pos: number): Promise<Help | null> {
  const place = placeAt(state.doc.toString(), pos);
  if (!place || place.from === place.to) return null;
  const schema = await schemaOf(place.apiVersion, place.kind);
  return schema ? { place, field: fieldAt(schema, place.path) } : null;
}

function ask(view: EditorView): boolean {
  const { state } = view;
  void helpAt(state, state.selection.main.head).then((h) => {
    if (view.state.doc !== state.doc || !view.state.selection.eq(state.selection)) return;
    const effects = h ? [show.of(tooltip(h)), EditorView.announce.of(spoken(h))] : [show.of(null), EditorView.announce.of(word("noHelp"))];
    view.dispatch({ effects });
  });
  return true;
}

function close(view: EditorView): boolean {
  view.dispatch({ effects: [show.of(null), closeHoverTooltips] });
  return false; // Escape has other meanings, too
}

function tooltip(h: Help): Tooltip {
  return { pos: h.place.from, end: h.place.to, above: false, create: () => ({ dom: card(h) }) };
}

/** What is known of a field beside its description. */
function facts(field: Field): string[] {
  const list = [field.type];
  if (field.required) list.push(word("fieldRequired"));
  if (field.default !== undefined) list.push(word("fieldDefault", { value: JSON.stringify(field.default) }));
  if (field.enum) list.push(word("fieldValues", { values: field.enum.join(", ") }));
  return list;
}

function spoken({ place, field }: Help): string {
  return field ? [pathText(place.path), ...facts(field), field.description ?? ""].join(". ") : word("noField", { path: pathText(place.path) });
}

function card({ place, field }: Help): HTMLElement {
  const dom = html("div", "field-help");
  dom.dataset["help"] = pathText(place.path);
  dom.append(html("code", "path", pathText(place.path)));
  if (!field) {
    dom.append(html("p", "facts", word("noField", { path: pathText(place.path) })));
    return dom;
  }
  dom.append(html("p", "facts", facts(field).join(" · ")), ...description(field));
  return dom;
}

/** The description: paragraphs, in which what stands between backticks is code. */
export function description(field: Field): HTMLElement[] {
  const paragraphs = (field.description ?? "").split(/\n{2,}/).filter(Boolean);
  return paragraphs.map((text) => {
    const p = html("p", "description");
    p.append(...text.split("`").map((part, i) => (i % 2 === 0 ? part : html("code", "", part.replace(/^"(.*)"$/, "$1")))));
    return p;
  });
}
