/** Evaluates IAM's condition operators; a policy with an operator that is not listed here is refused when declared. */
import { isArnLike, isLike } from "./match";

/** One operator and key of a statement's `Condition`, with its values, one of which must match. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

type Compare = (wanted: string, given: string) => boolean;

const positive: Readonly<Record<string, Compare>> = {
  StringEquals: (wanted, given) => wanted === given,
  StringEqualsIgnoreCase: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  StringLike: isLike,
  ArnEquals: isArnLike,
  ArnLike: isArnLike,
  Bool: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  NumericEquals: (wanted, given) => Number(wanted) === Number(given),
  NumericLessThan: (wanted, given) => Number(given) < Number(wanted),
  NumericLessThanEquals: (wanted, given) => Number(given) <= Number(wanted),
  NumericGreaterThan: (wanted, given) => Number(given) > Number(wanted),
  NumericGreaterThanEquals: (wanted, given) => Number(given) >= Number(wanted),
};

const negated: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
  NumericNotEquals: "NumericEquals",
};

/** The condition keys that calls in local can carry. A condition on another key could never match, so it is refused. */
const KEYS = [
  "aws:CurrentTime",
  "aws:PrincipalAccount",
  "aws:PrincipalArn",
  "aws:PrincipalIsAWSService",
  "aws:RequestedRegion",
  "aws:ResourceAccount",
  "aws:SecureTransport",
  "aws:SourceAccount",
  "aws:SourceArn",
  "aws:userid",
  "cloudwatch:namespace",
  "glue:*",
  "iam:PassedToService",
  "kms:EncryptionContext:*",
  "kms:ViaService",
  "lambda:*",
  "redshift-data:*",
  "s3:ResourceAccount",
  "s3:TlsVersion",
  "s3:delimiter",
  "s3:max-keys",
  "s3:prefix",
  "s3:x-amz-server-side-encryption",
  "s3:x-amz-server-side-encryption-aws-kms-key-id",
  "sns:*",
  "states:*",
  "sts:ExternalId",
];

/** The variables that values may have: `${aws:userid}`. */
const VARIABLES = ["aws:PrincipalAccount", "aws:userid"];

function filled(value: string, keyValue: (key: string) => string): string {
  return VARIABLES.reduce((text, key) => text.replaceAll(`\${${key}}`, () => keyValue(key)), value);
}

/** The reason why local cannot evaluate this condition, or undefined. */
export function conditionProblem({ operator, key, values }: Condition): string | undefined {
  const base = baseOf(operator);
  if (base !== "Null" && !positive[base] && !negated[base])
    return `the condition operator "${operator}" is not simulated`;
  if (!KEYS.some((known) => isLike(known.toLowerCase(), key.toLowerCase()))) {
    return `the condition key "${key}" is not simulated`;
  }
  const variable = values.find((value) => filled(value, () => "").includes("${"));
  return variable === undefined ? undefined : `the policy variable in "${variable}" is not simulated`;
}

/**
 * A key that the call does not carry fails a positive operator, passes a negated one and passes `…IfExists`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function holds(condition: Condition, context: Readonly<Record<string, string>>): boolean {
  const given = lookUp(context, condition.key);
  const base = baseOf(condition.operator);
  if (base === "Null") return condition.values.some((value) => (value === "true") === (given === undefined));
  const opposite = negated[base];
  if (given === undefined) return opposite !== undefined || condition.operator.endsWith("IfExists");
  const compare = positive[opposite ?? base] as Compare;
  const isWanted = (value: string) =>
    compare(
      filled(value, (key) => lookUp(context, key) ?? ""),
      given,
    );
  return condition.values.some(isWanted) === (opposite === undefined);
}

function baseOf(operator: string): string {
  return operator.endsWith("IfExists") ? operator.slice(0, -"IfExists".length) : operator;
}

function lookUp(context: Readonly<Record<string, string>>, key: string): string | undefined {
  if (context[key] !== undefined) return context[key];
  const name = Object.keys(context).find((candidate) => candidate.toLowerCase() === key.toLowerCase());
  return name === undefined ? undefined : context[name];
}
