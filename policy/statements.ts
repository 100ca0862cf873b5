/** Policy documents, read as the questions that controls ask: who may do what on which resources. */
import { isGiven } from "./unknown";

export interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The statements of a document, as text or as an object; none for no document. */
export function statementsOf(policy: unknown): Statement[] {
  if (policy === undefined || policy === null || policy === "") return [];
  const { Statement } = (typeof policy === "string" ? JSON.parse(policy) : policy) as { Statement?: unknown };
  return listOf(Statement) as Statement[];
}

export const allowing = (policy: unknown): Statement[] =>
  statementsOf(policy).filter(({ Effect }) => Effect === "Allow");

export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? [...value] : [value];
}

/** Whether a pattern of IAM, with `*` and `?`, takes in a text; actions are compared without regard to case. */
export function matches(pattern: unknown, text: string): boolean {
  const source = String(pattern)
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "is").test(text);
}

/** Whether a statement speaks of an action. */
export function coversAction(statement: Statement, action: string): boolean {
  if (isGiven(statement, "NotAction")) return !listOf(statement.NotAction).some((pattern) => matches(pattern, action));
  return listOf(statement.Action).some((pattern) => matches(pattern, action));
}

/** Whether a statement speaks of a resource. */
export function coversResource(statement: Statement, arn: string): boolean {
  if (isGiven(statement, "NotResource")) return !listOf(statement.NotResource).some((pattern) => matches(pattern, arn));
  return listOf(statement.Resource).some((pattern) => matches(pattern, arn));
}

/** AWS principals: `*`, accounts and ARNs. */
export function awsPrincipals({ Principal }: Statement): string[] {
  if (typeof Principal === "string") return [Principal];
  return listOf((Principal as { AWS?: unknown } | undefined)?.AWS).map(String);
}

/** Condition keys that say whose or which request it is. */
const LIMITING = [
  /^aws:(Source(Account|Arn|Owner|OrgID|OrgPaths|Vpc|Vpce|VpcArn|Ip)|VpcSourceIp)$/i,
  /^aws:Principal(Account|Arn|OrgID|OrgPaths)$/i,
  /^aws:(userid|username)$/i,
  /^kms:CallerAccount$/i,
  /^s3:DataAccessPointA(ccount|rn)$/i,
  /^sns:Endpoint$/i,
];
const EQUAL =
  /^((ForAnyValue|ForAllValues):)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/;

/**
 * Whether a statement allows anyone: a principal `*`, or all but some, and no condition that holds requests to fixed values, without
 * wildcards and variables. https://docs.aws.amazon.com/config/latest/developerguide/sqs-queue-no-public-access.html
 */
export function isPublic(statement: Statement): boolean {
  const isAnyone = awsPrincipals(statement).includes("*") || isGiven(statement, "NotPrincipal");
  if (statement.Effect !== "Allow" || !isAnyone) return false;
  return !Object.entries(statement.Condition ?? {}).some(
    ([operator, keys]) =>
      EQUAL.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) => LIMITING.some((limiting) => limiting.test(key)) && listOf(values).every(isFixed),
      ),
  );
}

/** Says that a document lets anyone in; undefined: it does not. */
export function publicAccess(kind: "access policy" | "key policy", policy: unknown): string | undefined {
  return statementsOf(policy).some(isPublic) ? `its ${kind} lets anyone in.` : undefined;
}

/** The whole internet is no fixed address. */
function isFixed(value: unknown): boolean {
  return !/[*?]|\$\{|^0\.0\.0\.0\/0$|^::\/0$/.test(String(value));
}
