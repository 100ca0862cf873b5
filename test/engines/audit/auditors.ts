/** Runs the auditors over what a program declares, and resolves to their findings. */
import { spawn } from "node:child_process";
import * as path from "node:path";
import type { Declared, DeclaredResource } from "streamlake/testing";
import { type ApiCall, type CloudFormationResource, translate } from "./translate";

export interface Finding {
  readonly auditor: "cfn-lint" | "botocore" | "policy_sentry" | "parliament";
  /** The logical name. */
  readonly resource: string;
  readonly finding: string;
}

export interface AuditInput {
  /** @default "us-east-1" */
  readonly region?: string;
  readonly template?: Readonly<Record<string, CloudFormationResource>>;
  readonly calls?: readonly ApiCall[];
  /** Policies of roles by logical name. */
  readonly policies?: Readonly<Record<string, unknown>>;
}

const PYTHON = path.resolve(__dirname, "../../../.engines/audit/bin/python");

export async function audit(input: AuditInput): Promise<Finding[]> {
  const child = spawn(PYTHON, [path.join(__dirname, "audit.py")], { stdio: ["pipe", "pipe", "pipe"] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk) => out.push(chunk));
  child.stderr.on("data", (chunk) => err.push(chunk));
  const closed = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  child.stdin.end(JSON.stringify(input));
  const code = await closed;
  if (code !== 0) throw new Error(`audit.py ended with ${code}: ${Buffer.concat(err).toString()}`);
  return JSON.parse(Buffer.concat(out).toString());
}

/** All that the auditors find in the resources of a program. */
export function auditDeclared({ resources }: Pick<Declared, "resources">, region?: string): Promise<Finding[]> {
  const { template, calls } = translate(resources);
  return audit({ region, template, calls, policies: { ...policiesOf(resources), ...resourcePoliciesOf(resources) } });
}

/** The policies of roles, by the logical name of the policy. */
export function policiesOf(resources: readonly DeclaredResource[]): Record<string, unknown> {
  const policies = resources.filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy");
  return Object.fromEntries(policies.map(({ name, inputs }) => [name, JSON.parse(inputs.policy)]));
}

/** The policies of buckets and topics. */
function resourcePoliciesOf(resources: readonly DeclaredResource[]): Record<string, unknown> {
  const policies = resources.filter(({ type }) => /:(BucketPolicy|TopicPolicy)$/.test(type));
  return Object.fromEntries(policies.map(({ name, inputs }) => [name, JSON.parse(inputs.policy)]));
}

/** `"botocore etl-job: glue:CreateJob …"`, sorted. */
export function asLines(findings: readonly Finding[]): string[] {
  return findings.map(({ auditor, resource, finding }) => `${auditor} ${resource}: ${finding}`).sort();
}
