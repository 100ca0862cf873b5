/** The form of a translation of one resource, and the steps that many translations share. */

export type Values = Record<string, unknown>;

export interface Translation {
  /** CloudFormation's type; undefined where CloudFormation does not have the resource. */
  readonly type: string | undefined;
  /** CloudFormation's properties. */
  readonly properties: Values;
  readonly calls: readonly (readonly [service: string, operation: string, parameters: Values])[];
}

/** A translation takes every input exactly once; those that it leaves behind are reported. */
export type Translate = (input: Inputs, name: string) => Translation;

/** Pulumi appends "-" and seven hexadecimal digits to a logical name where the program gives no name. */
const AUTO_NAME_SUFFIX = "-1a2b3c4";

/** The inputs of one resource, which remember which of them were read. */
export class Inputs {
  private readonly read = new Set<string>();
  constructor(private readonly values: Values) {}

  take<T = unknown>(name: string): T {
    this.read.add(name);
    return plain(this.values[name]) as T;
  }

  /** The given inputs in the spelling of AWS, nested keys too. */
  pascal(...names: string[]): Values {
    return Object.fromEntries(names.map((name) => [capitalized(name), pascal(this.take(name))]));
  }

  get unread(): string[] {
    return Object.keys(this.values).filter((name) => this.values[name] !== undefined && !this.read.has(name));
  }
}

/** The key that marks a secret value in the inputs of a mocked resource (Pulumi's wire format, "Special values"). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** The value of a secret; any other value as it is. */
function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null && SIGNATURE in value && "value" in value ? value.value : value;
}

const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

export function pascal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, nested]) => [capitalized(name), pascal(nested)]));
}

/** Without properties that are undefined, at any depth. */
export function defined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

export const physical = (input: Inputs, logical: string, key = "name") =>
  input.take<string | undefined>(key) ?? `${logical}${AUTO_NAME_SUFFIX}`;

/** The same properties in CloudFormation and in the one call that creates the resource. */
export function same(
  type: string,
  service: string,
  operation: string,
  properties: Values,
  extra: Values = {},
): Translation {
  return { type, properties, calls: [[service, operation, { ...properties, ...extra }]] };
}
