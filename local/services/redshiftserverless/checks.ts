/** What Redshift Serverless refuses when a namespace or a workgroup is created. */
import type { CloudContext } from "../../cloud/service";
import type { Ec2Service } from "../ec2/service";

/** API reference of CreateNamespace and CreateWorkgroup. */
const NAME = /^[a-z0-9-]{3,64}$/;

export function checkName(input: string, name: string): void {
  if (NAME.test(name)) return;
  throw new Error(`${input} "${name}" must have 3 to 64 lower-case letters, digits and "-"`);
}

/** API reference of CreateNamespace, adminUserPassword. */
export function checkPassword(password: string): void {
  const isLong = password.length >= 8 && password.length <= 64;
  if (isLong && /[A-Z]/.test(password) && /[a-z]/.test(password) && /\d/.test(password)) return;
  throw new Error("adminUserPassword must have 8 to 64 characters, with a capital, a small letter and a digit");
}

/** https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-capacity.html */
export function checkBaseCapacity(base: unknown, max: unknown): void {
  for (const [input, value] of Object.entries({ baseCapacity: base, maxCapacity: max })) {
    if (value === undefined) continue;
    const units = Number(value);
    const isStep = units === 4 || (units % 8 === 0 && units <= 512) || (units % 32 === 0 && units <= 1024);
    if (!(Number.isInteger(units) && units >= 4 && isStep)) {
      throw new Error(`${input} ${units} must be 4, a multiple of 8 up to 512, or a multiple of 32 up to 1024`);
    }
  }
  if (base !== undefined && max !== undefined && Number(max) < Number(base)) {
    throw new Error(`maxCapacity ${max} must not be less than baseCapacity ${base}`);
  }
}

/** API reference of CreateWorkgroup, port. */
export function checkPort(port: unknown): void {
  const number = Number(port ?? 5439);
  if ((number >= 5431 && number <= 5455) || (number >= 8191 && number <= 8215)) return;
  throw new Error(`port ${number} must be between 5431 and 5455, or between 8191 and 8215`);
}

/** Parameters that change how statements are read, with the value that local has. */
const FIXED: Readonly<Record<string, string>> = {
  enable_case_sensitive_identifier: "false",
  search_path: "$user, public",
  datestyle: "ISO, MDY",
};

export function checkParameters(parameters: unknown): void {
  for (const { parameterKey, parameterValue } of (parameters ?? []) as Record<string, string>[]) {
    const fixed = FIXED[String(parameterKey)];
    if (fixed === undefined || fixed === parameterValue) continue;
    throw new Error(`configParameters ${parameterKey}: "${parameterValue}" is not simulated; use "${fixed}"`);
  }
}

/** https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-usage-considerations.html */
export function checkSubnets(cloud: CloudContext, subnetIds: unknown): void {
  if (subnetIds === undefined) return;
  const ids = [...new Set((subnetIds as unknown[]).map(String))];
  const ec2 = cloud.service("ec2") as Ec2Service;
  // The zone of a subnet that the program does not declare is not known; it counts as one of its own.
  const zones = new Set(ids.map((id) => ec2.zoneOf(id) ?? id));
  if (ids.length >= 3 && zones.size >= 3) return;
  throw new Error(
    `subnetIds has ${ids.length} subnets in ${zones.size} availability zones; a workgroup needs three subnets in three zones`,
  );
}
