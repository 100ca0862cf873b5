/** Decides by the Avro specification's schema resolution whether data written with one schema can be read with another. */

type Schema = string | readonly Schema[] | { readonly type: Schema; readonly [name: string]: unknown };

interface Field {
  readonly name: string;
  readonly type: Schema;
  readonly default?: unknown;
  readonly aliases?: readonly string[];
}

/** Reader's type → other types that it accepts (Avro specification, "Schema Resolution"). */
const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  long: ["int"],
  float: ["int", "long"],
  double: ["int", "long", "float"],
  bytes: ["string"],
  string: ["bytes"],
};

/** Lists the reasons why the reader cannot read the writer's records; empty if it can read all of them. */
export function readProblems(reader: Schema, writer: Schema): string[] {
  return problemsAt("", reader, writer, { reader: namedTypes(reader), writer: namedTypes(writer) }, new Set());
}

interface Names {
  readonly reader: ReadonlyMap<string, Schema>;
  readonly writer: ReadonlyMap<string, Schema>;
}

function problemsAt(path: string, reader: Schema, writer: Schema, names: Names, seen: Set<string>): string[] {
  const [read, written] = [resolved(reader, names.reader), resolved(writer, names.writer)];
  if (Array.isArray(written)) return written.flatMap((branch: Schema) => problemsAt(path, read, branch, names, seen));
  if (Array.isArray(read)) {
    const fits = read.some((branch: Schema) => problemsAt(path, branch, written, names, new Set(seen)).length === 0);
    return fits ? [] : [`${path || "/"}: no branch of the union accepts ${kindOf(written)}`];
  }
  const [kind, from] = [kindOf(read), kindOf(written)];
  if (kind !== from) return PROMOTIONS[kind]?.includes(from) ? [] : [`${path || "/"}: ${kind} cannot read ${from}`];
  const [ours, theirs] = [read as Record<string, unknown>, written as Record<string, unknown>];
  switch (kind) {
    case "record": {
      const visit = `${String(ours.name)}<${String(theirs.name)}`;
      if (seen.has(visit)) return [];
      seen.add(visit);
      return fieldProblems(path, ours.fields as Field[], theirs.fields as Field[], names, seen);
    }
    case "array":
      return problemsAt(`${path}/items`, ours.items as Schema, theirs.items as Schema, names, seen);
    case "map":
      return problemsAt(`${path}/values`, ours.values as Schema, theirs.values as Schema, names, seen);
    case "enum": {
      const gone = (theirs.symbols as string[]).filter((symbol) => !(ours.symbols as string[]).includes(symbol));
      return gone.length === 0 || ours.default !== undefined
        ? []
        : [`${path || "/"}: the enum has no ${gone.join(", ")}`];
    }
    case "fixed":
      return ours.size === theirs.size
        ? []
        : [`${path || "/"}: fixed of ${ours.size} cannot read ${theirs.size} bytes`];
    default:
      return [];
  }
}

function fieldProblems(path: string, read: Field[], written: Field[], names: Names, seen: Set<string>): string[] {
  return read.flatMap((field) => {
    const known = [field.name, ...(field.aliases ?? [])];
    const from = written.find(({ name }) => known.includes(name));
    if (from) return problemsAt(`${path}/${field.name}`, field.type, from.type, names, seen);
    return "default" in field ? [] : [`${path}/${field.name}: is new and has no default`];
  });
}

function kindOf(schema: Schema): string {
  return typeof schema === "string" ? schema : kindOf((schema as { type: Schema }).type);
}

/** Replaces a named type by its definition, and `{ "type": { … } }` by the inner type. */
function resolved(schema: Schema, names: ReadonlyMap<string, Schema>): Schema {
  if (typeof schema === "string") return names.get(schema) ?? schema;
  if (Array.isArray(schema)) return schema;
  const { type } = schema as { type: Schema };
  return typeof type === "object" ? resolved(type, names) : schema;
}

function namedTypes(schema: Schema, found = new Map<string, Schema>(), namespace = ""): Map<string, Schema> {
  if (typeof schema === "string") return found;
  if (Array.isArray(schema)) {
    for (const branch of schema as readonly Schema[]) namedTypes(branch, found, namespace);
    return found;
  }
  const named = schema as {
    type: Schema;
    name?: string;
    namespace?: string;
    fields?: Field[];
    items?: Schema;
    values?: Schema;
  };
  const inside = named.namespace ?? namespace;
  if (named.name !== undefined) {
    found.set(named.name, schema);
    if (inside !== "") found.set(`${inside}.${named.name}`, schema);
  }
  if (typeof named.type === "object") namedTypes(named.type, found, inside);
  for (const { type } of named.fields ?? []) namedTypes(type, found, inside);
  for (const child of [named.items, named.values]) if (child !== undefined) namedTypes(child, found, inside);
  return found;
}
