// What a manifest of a kind may hold, as the cluster has it.

import type { Step } from "./place.ts";

export interface Schema {
  kind: string;
  /** The name of the kind's own type among the types. */
  type: string;
  types: Record<string, Type>;
}

interface Type {
  description?: string;
  fields: Record<string, Field>;
}

export interface Field {
  /** As kubectl explain prints it. */
  type: string;
  each?: "list" | "map";
  /** The type of its value, or of each of its values. */
  of?: string;
  description?: string;
  required?: boolean;
  enum?: (string | number | boolean)[];
  default?: unknown;
}

const known = new Map<string, Promise<Schema | undefined>>();

/** The schema of a kind, undefined if the cluster has none or cannot be asked. */
export function schemaOf(apiVersion: string, kind: string): Promise<Schema | undefined> {
  if (!apiVersion || !kind) return Promise.resolve(undefined);
  const query = new URLSearchParams({ apiVersion, kind }).toString();
  let schema = known.get(query);
  if (!schema) {
    schema = load(query).catch(() => {
      known.delete(query); // it is asked again
      return undefined;
    });
    known.set(query, schema);
  }
  return schema;
}

async function load(query: string): Promise<Schema | undefined> {
  const answer = await fetch(`/api/cluster/schema?${query}`);
  if (answer.ok) return (await answer.json()) as Schema;
  if (answer.status === 404) return undefined;
  throw new Error(`schema: ${answer.status}`);
}

/** What is at a path: the field that holds it, and whether it is one of the field's values. */
interface Found {
  field: Field;
  inside: boolean;
}

/** The field at a path. That of a list's item, or of an entry of a map, is the list or the map. */
export function fieldAt(schema: Schema, path: Step[]): Field | undefined {
  return path.length > 0 ? find(schema, path)?.field : undefined;
}

/** The fields that the object at a path may have. */
export function fieldsAt(schema: Schema, path: Step[]): Record<string, Field> {
  const found = find(schema, path);
  if (!found?.field.of || (found.field.each && !found.inside)) return {};
  return schema.types[found.field.of]?.fields ?? {};
}

function find(schema: Schema, path: Step[]): Found | undefined {
  let at: Found = { field: { type: schema.kind, of: schema.type }, inside: false };
  for (const step of path) {
    if (at.field.each && !at.inside) {
      if ((at.field.each === "list") !== (typeof step === "number")) return undefined;
      at = { field: at.field, inside: true };
      continue;
    }
    const next: Field | undefined = at.field.of ? schema.types[at.field.of]?.fields[step] : undefined;
    if (!next) return undefined;
    at = { field: next, inside: false };
  }
  return at;
}
