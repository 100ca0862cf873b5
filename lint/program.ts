/** The resources that a program declares, with the relations between them, as the rules see them before deployment. */

/** Stands for a value that only AWS knows; rules are silent about it. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** The outputs by which AWS's resources refer to each other, besides the id. */
export const NAME_OUTPUTS = ["arn", "name", "bucket", "uuid", "invokeArn", "executionArn"] as const;

export interface Declaration {
  /** The type token, `"aws:kinesis/stream:Stream"`. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** Its values, and `UNKNOWN` for those that only AWS knows. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The names, ids and ARNs that are known, by which other resources refer to it. */
  readonly names: readonly string[];
  /** By input, the resources whose outputs it uses. */
  readonly links: ReadonlyMap<string, readonly Declaration[]>;
  /** The resource or component that it belongs to. */
  readonly parent: Declaration | undefined;
}

export class Program {
  private mentioned: ReadonlySet<string> | undefined;

  /** @param outside names that are known to belong to resources of others */
  constructor(
    readonly resources: readonly Declaration[],
    private readonly outside: ReadonlySet<string> = new Set(),
  ) {}

  all(type: string): readonly Declaration[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The resources of a type that an input uses, by an output of theirs or by a name, anywhere in its value. */
  used(by: Declaration, input: string, type: string): readonly Declaration[] {
    const linked = by.links.get(input)?.filter((resource) => resource.type === type) ?? [];
    if (linked.length > 0) return linked;
    const strings = new Set(stringsIn(by.inputs[input]).flatMap((text) => [text, unqualified(text)]));
    return this.all(type).filter(({ names }) => names.some((name) => strings.has(name)));
  }

  /** The one resource of a type that an input uses; undefined for none or several. */
  usedOne(by: Declaration, input: string, type: string): Declaration | undefined {
    const [one, other] = this.used(by, input, type);
    return other === undefined ? one : undefined;
  }

  /** The nearest component of a type that a resource belongs to. */
  within({ parent }: Declaration, type: string): Declaration | undefined {
    if (parent === undefined || parent.type === type) return parent;
    return this.within(parent, type);
  }

  /** True if a resource that does not watch others has the name in its inputs, so that the program uses what it names. */
  mentions(name: string): boolean {
    this.mentioned ??= new Set(
      this.resources
        .filter(({ type }) => !WATCHERS.includes(type))
        .flatMap(({ inputs }) => stringsIn(inputs))
        .flatMap((text) => [text, ...text.split(/[^\w.-]+/)]),
    );
    return this.mentioned.has(name) || this.outside.has(name);
  }
}

/** Alarms and dashboards name resources without using them. */
const WATCHERS = ["aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/dashboard:Dashboard"];

/** The ARN of a function's version or alias without its qualifier. */
function unqualified(text: string): string {
  return text.replace(/^(arn:[^:]+:lambda:[^:]+:\d+:function:[^:]+):.+$/, "$1");
}

export function stringsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

/** The number, the default where AWS would take it, or undefined where it is unknown. */
export function numberOf(value: unknown, otherwise: number): number | undefined {
  if (value === undefined || value === null) return otherwise;
  return typeof value === "number" ? value : undefined;
}

/** A list of objects; empty for what is no list, or is unknown. */
export function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];
}

/** An object; empty for what is none, or is unknown. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
