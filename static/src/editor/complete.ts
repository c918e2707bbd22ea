// Completion of field names and of the values of fields that have few.

import { autocompletion, type Completion, type CompletionContext, type CompletionResult, pickedCompletion } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { html } from "../elements.ts";
import { word } from "../words.ts";
import { description } from "./help.ts";
import { type Place, placeAt } from "./place.ts";
import { type Field, fieldAt, fieldsAt, schemaOf } from "./schema.ts";

export function completion(): Extension {
  return autocompletion({
    override: [complete],
    icons: false,
    // What comes after a field with few values is one of them.
    activateOnCompletion: (c) => c.type === "choice",
  });
}

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const place = placeAt(context.state.doc.toString(), context.pos);
  if (!place || (!context.explicit && place.role === "key" && place.from === place.to)) return null;
  if (place.path.length === 1 && /^(apiVersion|kind)$/.test(String(place.path[0])) && place.role === "value") return null; // it is not known yet what it is
  const schema = await schemaOf(place.apiVersion, place.kind);
  if (!schema || context.aborted) return null;
  if (place.role === "key") {
    const options = names(fieldsAt(schema, place.path.slice(0, -1)), place);
    return { from: place.from, to: place.to, options, validFor: /^[\w.$/-]*$/ };
  }
  const options = values(fieldAt(schema, place.path));
  const whole = context.state.sliceDoc(place.from, place.to);
  return options.some((o) => o.label === whole) ? null : { from: place.from, to: place.to, options };
}

/** The fields that are not there yet, those that are needed first. The system's own are left out. */
function names(fields: Record<string, Field>, place: Place): Completion[] {
  return Object.entries(fields)
    .filter(([name, f]) => !place.taken.has(name) && !/\bRead-only\b/.test(f.description ?? ""))
    .map(([name, field]) => ({
      label: name,
      detail: field.type + (field.required ? " · " + word("fieldRequired") : ""),
      type: choices(field).length > 0 ? "choice" : "field",
      boost: field.required ? 1 : 0,
      info: () => information(field),
      apply: (view, picked, from, to) => insert(view, picked, from, to, name, field, place),
    }));
}

function values(field: Field | undefined): Completion[] {
  return field ? choices(field).map((v) => ({ label: String(v), type: "value" })) : [];
}

function choices(field: Field): (string | number | boolean)[] {
  if (field.enum) return field.enum;
  return field.type === "boolean" ? [true, false] : [];
}

/** Puts a field with its colon, and the beginning of what it holds. */
function insert(view: EditorView, picked: Completion, from: number, to: number, name: string, field: Field, place: Place): void {
  const below = "\n" + " ".repeat(Math.max(place.indent, 0));
  let text = name;
  if (!place.complete) {
    if (place.indent < 0) text += ": ";
    else if (field.each === "list") text += ":" + below + "- ";
    else if (field.each === "map" || field.of) text += ":" + below + "  ";
    else text += ": ";
  }
  view.dispatch({
    changes: { from, to, insert: text },
    selection: { anchor: from + text.length },
    annotations: pickedCompletion.of(picked),
    userEvent: "input.complete",
    scrollIntoView: true,
  });
}

/** The first sentences of what the API says. */
function information(field: Field): HTMLElement | null {
  const [first] = description(field);
  if (!first) return null;
  const dom = html("div", "field-help");
  dom.append(first);
  return dom;
}
