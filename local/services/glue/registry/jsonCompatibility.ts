/**
 * Checks that one JSON schema (the reader) accepts every value that another (the writer) accepts. AWS documents only how
 * properties are added to and removed from open and closed schemas
 * (https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility); the rest follows from the
 * meaning of the keywords (drafts 04, 06 and 07). `default` is an annotation and has no effect.
 */
import { isDeepStrictEqual } from "node:util";
import { arrayProblems } from "./jsonArrays";
import { objectProblems } from "./jsonObjects";
import { numberProblems, stringProblems } from "./jsonScalars";
import { both, type Compare, casesOf, type Node, nodeOf, pointed, type Schema, takes } from "./jsonSchemaNode";
import { UndecidedError } from "./undecidedError";

/** Lists the reasons why the reader does not accept all values of the writer; empty if it does. @throws UndecidedError */
export function jsonReadProblems(reader: Schema, writer: Schema): string[] {
  return new JsonCheck(reader, writer, new Set()).problems("", reader, writer);
}

/** Keywords that are compared only for equality. */
const OPAQUE = ["not", "if", "then", "else", "dependencies", "propertyNames", "contains"];
const OF_KIND: Readonly<Record<string, string>> = {
  dependencies: "object",
  propertyNames: "object",
  contains: "array",
};

class JsonCheck {
  constructor(
    private readonly readerRoot: Schema,
    private readonly writerRoot: Schema,
    /** Pairs of references under comparison, so that a recursive schema is compared once. */
    private readonly open: ReadonlySet<string>,
  ) {}

  readonly problems: Compare = (path, reader, writer) => {
    const references = [referenceOf(reader), referenceOf(writer)];
    if (references[0] === undefined && references[1] === undefined) return this.schemaProblems(path, reader, writer);
    const pair = JSON.stringify([references[0] ?? reader, references[1] ?? writer]);
    if (this.open.has(pair)) return [];
    const below = new JsonCheck(this.readerRoot, this.writerRoot, new Set([...this.open, pair]));
    const follow = (root: Schema, schema: Schema, reference?: string) =>
      reference === undefined ? schema : pointed(root, reference);
    const read = follow(this.readerRoot, reader, references[0]);
    return below.problems(path, read, follow(this.writerRoot, writer, references[1]));
  };

  private schemaProblems(path: string, reader: Schema, writer: Schema): string[] {
    if (reader === true || writer === false) return [];
    const written = writer === true ? {} : nodeOf(writer);
    if (reader === false) return [`${path || "/"}: no value is allowed any more`];
    const read = Object.fromEntries(
      Object.entries(nodeOf(reader)).filter(([name, value]) => !isCombined(name) || !this.same(value, written[name])),
    );
    return Object.keys(read).length === 0 ? [] : this.nodeProblems(path, read, written);
  }

  /** Splits the writer's `allOf`, `anyOf` and `oneOf`. */
  private nodeProblems(path: string, read: Node, written: Node): string[] {
    const { allOf, anyOf, oneOf, ...rest } = written;
    if (Array.isArray(allOf)) {
      const parts = [{ ...rest, ...(anyOf ? { anyOf } : {}), ...(oneOf ? { oneOf } : {}) }, ...(allOf as Schema[])];
      if (parts.some((part) => this.tried(path, read, part).length === 0)) return [];
      const whole = parts.reduce<Node | undefined>((sum, part) => sum && this.merged(sum, part), {});
      if (!whole) throw undecided(path, '"allOf"');
      return this.nodeProblems(path, read, whole);
    }
    const branches = anyOf ?? oneOf;
    if (!Array.isArray(branches)) return this.casesProblems(path, read, written);
    if (anyOf && oneOf) throw undecided(path, '"anyOf" beside "oneOf"');
    const isAlone = Object.keys(rest).length === 0;
    if (!isAlone && this.tried(path, read, rest).length === 0) return [];
    return (branches as Schema[]).flatMap((branch) => {
      if (isAlone) return this.problems(path, read, branch);
      if (this.tried(path, read, branch).length === 0) return [];
      const whole = this.merged(rest, branch);
      if (!whole) throw undecided(path, `"${anyOf ? "anyOf" : "oneOf"}" beside other keywords`);
      return this.nodeProblems(path, read, whole);
    });
  }

  private casesProblems(path: string, read: Node, written: Node): string[] {
    const kinds = read.type === undefined ? undefined : [read.type].flat().map(String);
    const cases = casesOf(written);
    const lost = kinds ? cases.map(kindOfCase).filter((kind) => !takes(kinds, kind)) : [];
    const problems = [
      ...(lost.length > 0
        ? [`${path || "/"}: ${kinds?.join(" or ")} cannot read ${[...new Set(lost)].join(", ")}`]
        : []),
      ...cases.filter((one) => !lost.includes(kindOfCase(one))).flatMap((one) => this.caseProblems(path, read, one)),
    ];
    // Another keyword of the writer may exclude exactly those values.
    const opaque = OPAQUE.find((name) => name in written);
    if (problems.length > 0 && opaque) throw undecided(path, `"${opaque}"`);
    return [...new Set(problems)];
  }

  /** @param one a schema of a single kind of values, or of a single value */
  private caseProblems(path: string, read: Node, one: Node): string[] {
    const kind = kindOfCase(one);
    const opaque = OPAQUE.find(
      (name) => name in read && (OF_KIND[name] ?? kind) === kind && !this.same(read[name], one[name]),
    );
    if (opaque) throw undecided(path, `"${opaque}"`);
    return [
      ...enumProblems(path, read, one),
      ...((read.allOf ?? []) as Schema[]).flatMap((branch) => this.problems(path, branch, one)),
      ...this.anyOfProblems(path, read.anyOf as Schema[] | undefined, one),
      ...this.oneOfProblems(path, read.oneOf as Schema[] | undefined, one),
      ...this.kindProblems(path, kind, read, one),
    ];
  }

  private kindProblems(path: string, kind: string, read: Node, one: Node): string[] {
    switch (kind) {
      case "object":
        return objectProblems(path, read, one, this.problems);
      case "array":
        return arrayProblems(path, read, one, this.problems);
      case "string":
        return stringProblems(path, read, one);
      case "integer":
      case "number":
        return numberProblems(path, read, one);
      default:
        return [];
    }
  }

  private anyOfProblems(path: string, branches: readonly Schema[] | undefined, one: Node): string[] {
    if (!branches) return [];
    const found = branches.map((branch) => this.tried(path, branch, one));
    return found.some((problems) => problems.length === 0) ? [] : noBranch(path, "anyOf", found, one);
  }

  /** Exactly one branch must accept the value; kinds, enums and required properties show that the others do not. */
  private oneOfProblems(path: string, branches: readonly Schema[] | undefined, one: Node): string[] {
    if (!branches) return [];
    const found = branches.map((branch) => this.tried(path, branch, one));
    const taker = found.findIndex((problems) => problems.length === 0);
    if (taker < 0) return noBranch(path, "oneOf", found, one);
    const others = branches.filter((_, index) => index !== taker);
    if (others.every((branch) => this.areApart(branch, one))) return [];
    throw undecided(path, '"oneOf" with branches that may overlap');
  }

  /** Like `problems`, but returns an UndecidedError instead of throwing it, because another branch may still match. */
  private tried(path: string, reader: Schema, writer: Schema): readonly (string | UndecidedError)[] {
    try {
      return this.problems(path, reader, writer);
    } catch (error) {
      if (!(error instanceof UndecidedError)) throw error;
      return [error];
    }
  }

  private areApart(branch: Schema, one: Node): boolean {
    if (typeof branch === "boolean") return !branch;
    const reference = referenceOf(branch);
    if (reference !== undefined) return this.areApart(pointed(this.readerRoot, reference), one);
    const cases = casesOf(nodeOf(branch));
    return cases.every((other) => {
      const [left, right] = [kindOfCase(other), kindOfCase(one)];
      if (!takes([left], right) && !takes([right], left)) return true;
      if (other.enum && one.enum) return !isDeepStrictEqual(other.enum, one.enum);
      return left === "object" && this.tellsApart(other, one);
    });
  }

  /** True if both require a property whose values in `one` are all excluded by `other`. */
  private tellsApart(other: Node, one: Node): boolean {
    const shared = ((other.required ?? []) as string[]).filter((name) =>
      ((one.required ?? []) as string[]).includes(name),
    );
    return shared.some((name) => {
      const property = (node: Node) => (node.properties as Record<string, Schema> | undefined)?.[name];
      const [theirs, ours] = [property(other), property(one)];
      const isPlain = typeof ours === "object" && referenceOf(ours) === undefined;
      return theirs !== undefined && isPlain && casesOf(nodeOf(ours)).every((value) => this.areApart(theirs, value));
    });
  }

  private merged(node: Node, schema: Schema): Node | undefined {
    const reference = referenceOf(schema);
    if (reference !== undefined) return this.merged(node, pointed(this.writerRoot, reference));
    return typeof schema === "boolean" ? undefined : both(node, nodeOf(schema));
  }

  /** True if both are equal, and their references point to equal definitions. */
  private same(left: unknown, right: unknown): boolean {
    if (!isDeepStrictEqual(left, right)) return false;
    if (!JSON.stringify(left)?.includes('"$ref"')) return true;
    const definitions = ({ definitions, $defs }: Record<string, unknown>) => ({ definitions, $defs });
    const [ours, theirs] = [this.readerRoot, this.writerRoot] as Record<string, unknown>[];
    const isLocal = [...JSON.stringify([left, definitions(ours as never)]).matchAll(/"\$ref":"([^"]*)"/g)].every(
      ([, reference]) => /^#\/(definitions|\$defs)\//.test(String(reference)),
    );
    return isLocal && isDeepStrictEqual(definitions(ours as never), definitions(theirs as never));
  }
}

/** @throws UndecidedError if a branch is undecided */
function noBranch(
  path: string,
  keyword: string,
  found: readonly (readonly (string | UndecidedError)[])[],
  one: Node,
): string[] {
  const undecidedBranch = found.flat().find((problem) => problem instanceof UndecidedError);
  if (undecidedBranch) throw undecidedBranch;
  return found.length === 1
    ? (found[0] as string[])
    : [`${path || "/"}: no branch of ${keyword} accepts ${shown(one)}`];
}

function isCombined(name: string): boolean {
  return name === "allOf" || name === "anyOf" || name === "oneOf" || OPAQUE.includes(name);
}

function referenceOf(schema: Schema): string | undefined {
  const reference = typeof schema === "boolean" ? undefined : schema.$ref;
  return typeof reference === "string" ? reference : undefined;
}

function kindOfCase(one: Node): string {
  return String((one.type as string[])[0]);
}

function enumProblems(path: string, read: Node, one: Node): string[] {
  if (!Array.isArray(read.enum)) return [];
  const values = one.enum ?? (kindOfCase(one) === "boolean" ? [true, false] : kindOfCase(one) === "null" ? [null] : []);
  const listed = (value: unknown) => (read.enum as unknown[]).some((known) => isDeepStrictEqual(known, value));
  const all = values as readonly unknown[];
  if (all.length > 0 && all.every(listed)) return [];
  return [
    `${path || "/"}: the enum does not contain ${one.enum ? JSON.stringify((one.enum as unknown[])[0]) : shown(one)}`,
  ];
}

function shown(one: Node): string {
  return one.enum ? JSON.stringify((one.enum as unknown[])[0]) : `every ${kindOfCase(one)}`;
}

function undecided(path: string, keyword: string): UndecidedError {
  return new UndecidedError(`${path || "/"}: cannot compare ${keyword}`);
}
