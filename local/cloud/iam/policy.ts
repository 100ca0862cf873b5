/** Parses a policy document into statements, and refuses elements that local cannot evaluate correctly. */
import { type Condition, conditionProblem } from "./conditions";

export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** Only in resource-based and trust policies. */
  readonly principals?: readonly PrincipalPattern[];
  readonly actions: readonly string[];
  /** Empty in trust policies. */
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
}

interface PrincipalPattern {
  /** `*` matches every principal. */
  readonly kind: "AWS" | "Service" | "*";
  readonly value: string;
}

type PolicyKind = "identity" | "resource" | "trust";

const KNOWN = new Set(["Sid", "Effect", "Principal", "Action", "Resource", "Condition"]);

/**
 * @param owner named in errors: `role "clicks-router"`
 * @param document the policy as JSON or as an object
 */
export function parsePolicy(owner: string, document: unknown, kind: PolicyKind): Statement[] {
  const refuse = (problem: string): never => {
    throw new Error(`local/iam: the policy of ${owner}: ${problem}; see docs/fidelity.md`);
  };
  const policy = typeof document === "string" ? parseJson(document, refuse) : document;
  if (!isObject(policy)) return refuse("expected a JSON object");
  if (policy.Version !== "2012-10-17") refuse('"Version" is not "2012-10-17"');
  const statements = listOf(policy.Statement);
  if (statements.length === 0) refuse('"Statement" is missing or empty');
  return statements.map((statement, index) =>
    parseStatement(statement, kind, (problem) => refuse(`statement ${index}: ${problem}`)),
  );
}

type Refuse = (problem: string) => never;

function parseStatement(statement: unknown, kind: PolicyKind, refuse: Refuse): Statement {
  if (!isObject(statement)) return refuse("expected a JSON object");
  const unknown = Object.keys(statement).find((name) => !KNOWN.has(name));
  if (unknown !== undefined) refuse(`"${unknown}" is not simulated`);
  const effect = statement.Effect;
  if (effect !== "Allow" && effect !== "Deny") return refuse('"Effect" is neither "Allow" nor "Deny"');
  const actions = textsOf(statement.Action, "Action", refuse);
  for (const action of actions) {
    if (action !== "*" && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/i.test(action))
      refuse(`"${action}" is not an action; write it as s3:GetObject`);
  }
  const resources = kind === "trust" ? [] : textsOf(statement.Resource, "Resource", refuse);
  for (const resource of resources) {
    if (resource.includes("${")) refuse(`the policy variable in "${resource}" is not simulated`);
    if (resource !== "*" && !resource.startsWith("arn:")) refuse(`"${resource}" is not an ARN`);
  }
  if ((statement.Principal === undefined) !== (kind === "identity")) {
    refuse(kind === "identity" ? '"Principal" has no place in the policy of a role' : '"Principal" is missing');
  }
  return {
    effect,
    ...(kind !== "identity" && { principals: principalsOf(statement.Principal, refuse) }),
    actions,
    resources,
    conditions: conditionsOf(statement.Condition, refuse),
  };
}

function principalsOf(principal: unknown, refuse: Refuse): PrincipalPattern[] {
  if (principal === "*") return [{ kind: "*", value: "*" }];
  if (!isObject(principal)) return refuse('"Principal" is neither "*" nor an object');
  return Object.entries(principal).flatMap(([kind, values]) => {
    if (kind !== "AWS" && kind !== "Service") return refuse(`the principal type "${kind}" is not simulated`);
    return textsOf(values, `Principal.${kind}`, refuse).map(
      (value): PrincipalPattern => ({ kind: value === "*" ? "*" : kind, value }),
    );
  });
}

function conditionsOf(condition: unknown, refuse: Refuse): Condition[] {
  if (condition === undefined) return [];
  if (!isObject(condition)) return refuse('"Condition" is not an object');
  return Object.entries(condition).flatMap(([operator, keys]) => {
    if (!isObject(keys)) return refuse(`"Condition.${operator}" is not an object`);
    return Object.entries(keys).map(([key, values]): Condition => {
      const parsed = { operator, key, values: listOf(values).map(String) };
      const problem = conditionProblem(parsed);
      if (problem) refuse(problem);
      return parsed;
    });
  });
}

function textsOf(value: unknown, name: string, refuse: Refuse): string[] {
  const texts = listOf(value);
  if (texts.length === 0 || texts.some((text) => typeof text !== "string"))
    refuse(`"${name}" is not a text or a list of texts`);
  return texts as string[];
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse(`${text.length} characters do not parse as JSON`);
  }
}
