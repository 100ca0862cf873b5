/** The answers to a program's look-ups of what it does not declare: functions, existing resources, other stacks. */

type Values = Readonly<Record<string, unknown>>;

/** The content of a file of look-ups. */
export interface Lookups {
  /** By token, `"aws:ec2/getVpc:getVpc"`: the result of a call whose arguments include `args`; the first match counts. */
  readonly functions?: Readonly<Record<string, readonly { readonly args?: Values; readonly result: Values }[]>>;
  /**
   * By type and id, the properties of resources that exist (`.get`). Of a simulated type, the resource is created with
   * these inputs before the program runs.
   */
  readonly existing?: Readonly<Record<string, Readonly<Record<string, Values>>>>;
  /** By type and logical name, the outputs of declared resources that are not simulated. */
  readonly declared?: Readonly<Record<string, Readonly<Record<string, Values>>>>;
  /** By full key, `"app:dbPassword"`, values for encrypted ones of the stack's configuration. */
  readonly config?: Readonly<Record<string, string>>;
  /** By the full name of a stack, `"acme/network/prod"`, its outputs. */
  readonly stacks?: Readonly<Record<string, Values>>;
}

/** The file next to `Pulumi.yaml` that messages name. */
export const LOOKUPS_FILE = "streamlake.lookups.json";

const SECTIONS = ["functions", "existing", "declared", "stacks", "config"] as const;

/** @param content the parsed file. @throws Error for another shape, by the name of the wrong part */
export function checkLookups(content: unknown): Lookups {
  const lookups = recordAt(content, "the file");
  const unknown = Object.keys(lookups).find((name) => !(SECTIONS as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`"${unknown}" is no section; use ${SECTIONS.join(", ")}`);
  for (const [token, answers] of Object.entries(recordAt(lookups.functions ?? {}, "functions"))) {
    if (!Array.isArray(answers)) throw new Error(`functions.${token} must be a list of { "args": {…}, "result": {…} }`);
    answers.forEach((answer, index) => {
      const at = `functions.${token}[${index}]`;
      const { args = {}, result } = recordAt(answer, at);
      recordAt(args, `${at}.args`);
      recordAt(result, `${at}.result`);
    });
  }
  for (const section of ["existing", "declared", "stacks"] as const) {
    for (const [name, values] of Object.entries(recordAt(lookups[section] ?? {}, section))) {
      const inner = Object.entries(recordAt(values, `${section}.${name}`));
      if (section !== "stacks") for (const [id, one] of inner) recordAt(one, `${section}.${name}.${id}`);
    }
  }
  for (const [key, value] of Object.entries(recordAt(lookups.config ?? {}, "config"))) {
    if (typeof value !== "string") throw new Error(`config.${key} must be a string`);
  }
  return lookups as Lookups;
}

/** The result of the function, or undefined without an entry. */
export function functionResult(
  { functions }: Lookups,
  token: string,
  args: Values,
): Record<string, unknown> | undefined {
  const found = own(functions, token)?.find(({ args: wanted = {} }) =>
    Object.entries(wanted).every(([name, value]) => isSame(value, args[name])),
  );
  return found && { ...found.result };
}

/** The outputs that the file gives a declared resource. */
export function declaredOutputs({ declared }: Lookups, type: string, name: string): Values | undefined {
  return own(own(declared, type), name);
}

export function existingProperties({ existing }: Lookups, type: string, id: string): Values | undefined {
  return own(own(existing, type), id);
}

/** @throws Error that names the stack and the entry to add */
export function stackOutputs({ stacks }: Lookups, stack: string): Values {
  const outputs = own(stacks, stack);
  if (outputs) return outputs;
  throw unanswered(`the stack "${stack}"`, { stacks: { [stack]: {} } });
}

/** @param entry the entry to add, with an empty object in place of the answer */
export function unanswered(what: string, entry: Lookups): Error {
  return new Error(`local: no look-up answers ${what}; ${entryToAdd(entry)}`);
}

/** @param entry the entry to add, with an empty object in place of the answer */
export function entryToAdd(entry: Lookups): string {
  return `answer it in ${LOOKUPS_FILE}: ${JSON.stringify(entry)}`;
}

function recordAt(value: unknown, at: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${at} must be an object`);
}

function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
