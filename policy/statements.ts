/** Reads policy documents: their statements, principals, actions and resources, and whether they allow public access. */
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

/** The statements of a document, given as a string or an object; empty without a document. */
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

/** True if an IAM pattern with `*` and `?` matches a string, ignoring case as IAM does for actions. */
export function matches(pattern: unknown, text: string): boolean {
  const source = String(pattern)
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "is").test(text);
}

/** True if a statement applies to an action. */
export function coversAction(statement: Statement, action: string): boolean {
  if (isGiven(statement, "NotAction")) return !listOf(statement.NotAction).some((pattern) => matches(pattern, action));
  return listOf(statement.Action).some((pattern) => matches(pattern, action));
}

/** True if a statement applies to a resource. */
export function coversResource(statement: Statement, arn: string): boolean {
  if (isGiven(statement, "NotResource")) return !listOf(statement.NotResource).some((pattern) => matches(pattern, arn));
  return listOf(statement.Resource).some((pattern) => matches(pattern, arn));
}

/** A statement's AWS principals: `*`, accounts and ARNs. */
export function awsPrincipals({ Principal }: Statement): string[] {
  if (typeof Principal === "string") return [Principal];
  return listOf((Principal as { AWS?: unknown } | undefined)?.AWS).map(String);
}

/** Condition keys that restrict the sender or the source of requests. */
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
 * True if a statement allows anyone: its principal is `*` or everyone but some, and no condition restricts requests to
 * fixed values without wildcards and variables. https://docs.aws.amazon.com/config/latest/developerguide/sqs-queue-no-public-access.html
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

/** The problem of a document that allows public access; undefined if it does not. */
export function publicAccess(kind: "access policy" | "key policy", policy: unknown): string | undefined {
  return statementsOf(policy).some(isPublic) ? `its ${kind} allows public access.` : undefined;
}

/** True for a value without wildcards and variables that is not the whole internet. */
function isFixed(value: unknown): boolean {
  return !/[*?]|\$\{|^0\.0\.0\.0\/0$|^::\/0$/.test(String(value));
}
