/** Declares the programs of a component, and reads which resources and permissions it always has, and which sometimes. */
import { type Declared, type DeclaredResource, declare } from "../../../../local/testing";
import { type ComponentProgram, NAME } from "./programs";

/** The conditions under which something is declared; empty means always. */
export type When = readonly string[];

export interface ResourceLine {
  readonly type: string;
  readonly name: string;
  readonly when: When;
}

export interface PermissionLine {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: string | undefined;
  readonly when: When;
}

export interface ComponentResources {
  readonly resources: readonly ResourceLine[];
  /** By the logical name of the role. */
  readonly roles: Readonly<Record<string, readonly PermissionLine[]>>;
  /** By method. */
  readonly access: Readonly<Record<string, readonly PermissionLine[]>>;
}

/** Stands for a value that differs between programs. */
const OPTIONS = { project: "xproject", stack: "xstack" };

export async function readResources(program: ComponentProgram): Promise<ComponentResources> {
  const base = await declare(() => program.base(), OPTIONS);
  const variants = await declaredBy(program.variants);
  const combined = await declaredBy(program.combined ?? {});
  return {
    resources: merged({ base, variants, combined }, (declared) =>
      ownResources(declared).map(({ type, name }) => ({ type, name })),
    ),
    roles: rolesOf({ base, variants, combined }),
    access: Object.fromEntries(
      Object.entries(base.outputs as Record<string, object | object[]>).map(([method, given]) => [
        method,
        [given].flat().map((permission) => accessLine(permission as GivenPermission)),
      ]),
    ),
  };
}

interface Programs {
  readonly base: Declared;
  readonly variants: readonly [string, Declared][];
  readonly combined: readonly [string, Declared][];
}

async function declaredBy(programs: Readonly<Record<string, () => void>>): Promise<[string, Declared][]> {
  const declared: [string, Declared][] = [];
  for (const [label, run] of Object.entries(programs)) declared.push([label, await declare(run, OPTIONS)]);
  return declared;
}

function ownResources({ resources }: Declared): DeclaredResource[] {
  return resources
    .filter(({ name, component }) => !component && name.startsWith(NAME))
    .map((resource) => ({ ...resource, type: resource.type, name: named(resource.name) }));
}

function rolesOf(programs: Programs): Record<string, PermissionLine[]> {
  const policies = (declared: Declared) =>
    ownResources(declared).filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy");
  const { base, variants, combined } = programs;
  const all = [base, ...[...variants, ...combined].map(([, declared]) => declared)].flatMap(policies);
  const names = [...new Set(all.map(({ name }) => name))].sort();
  const lines = (policyName: string) => (declared: Declared) =>
    policies(declared)
      .filter(({ name }) => name === policyName)
      .flatMap(({ inputs }) => (JSON.parse(inputs.policy).Statement as Statement[]).map(statementLine));
  return Object.fromEntries(names.map((name) => [roleOf(name), merged(programs, lines(name))]));
}

function roleOf(policy: string): string {
  return policy.replace(/-policy$/, "-role");
}

/** What the base has comes first; then what a variant adds, and what only several of them add together. */
function merged<Line extends object>(
  { base, variants, combined }: Programs,
  read: (declared: Declared) => Line[],
): (Line & { when: When })[] {
  const keyOf = (line: Line) => JSON.stringify(line);
  const always = read(base);
  const known = new Map(always.map((line) => [keyOf(line), { ...line, when: [] as string[] }]));
  for (const [label, declared] of variants) {
    const lines = [...new Map(read(declared).map((line) => [keyOf(line), line])).values()];
    const keys = new Set(lines.map(keyOf));
    for (const line of lines) {
      const key = keyOf(line);
      if (!known.has(key)) known.set(key, { ...line, when: [`with ${worded(label)}`] });
      else if (!always.some((other) => keyOf(other) === key)) known.get(key)?.when.push(`with ${worded(label)}`);
    }
    for (const line of always) {
      if (!keys.has(keyOf(line))) known.get(keyOf(line))?.when.push(`not with ${worded(label)}`);
    }
  }
  for (const [label, declared] of combined) {
    for (const line of read(declared)) {
      if (!known.has(keyOf(line))) known.set(keyOf(line), { ...line, when: [`with ${label}`] });
    }
  }
  return [...known.values()];
}

/** The name of an argument as code; words as they are. */
function worded(label: string): string {
  return /^\w+$/.test(label) ? `\`${label}\`` : label;
}

interface Statement {
  readonly Action: string[];
  readonly Resource: string | string[];
  readonly Condition?: object;
}

interface GivenPermission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: object;
}

function statementLine({ Action, Resource, Condition }: Statement): Omit<PermissionLine, "when"> {
  return {
    actions: [Action].flat(),
    resources: [Resource].flat().map(named),
    condition: Condition && named(JSON.stringify(Condition)),
  };
}

function accessLine({ actions, resources, conditions }: GivenPermission): PermissionLine {
  return { ...statementLine({ Action: [...actions], Resource: [...resources], Condition: conditions }), when: [] };
}

function named(text: string): string {
  return text
    .replaceAll(NAME, "<name>")
    .replaceAll("xproject", "<project>")
    .replaceAll("xstack", "<stack>")
    .replaceAll("us-east-1", "<region>")
    .replaceAll("123456789012", "<account>");
}
