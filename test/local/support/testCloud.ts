/** A cloud of its own for a test file: temporary directory, a clock that the test moves, and an endpoint. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Cloud } from "../../../local/cloud/cloud";
import { createCloud } from "../../../local/cloud/createCloud";
import type { Principal } from "../../../local/cloud/iam/principal";
import { roleOf } from "../../../local/cloud/iam/principal";
import type { Service } from "../../../local/cloud/service";
import { type IamService, iamService } from "../../../local/services/iam/service";
import { stsService } from "../../../local/services/sts/service";

export const START = Date.parse("2026-11-20T10:00:00.000Z");

export interface TestCloud {
  readonly cloud: Cloud;
  readonly url: string;
  readonly dataDir: string;
  /** Moves the clock. */
  advance(millis: number): void;
  /** What an SDK client is made with to call as this principal. */
  clientConfig(principal?: Principal): object;
  /** A role with one policy, in the cloud's IAM. */
  role(name: string, statements: object[]): Promise<Principal>;
  declare(
    type: string,
    name: string,
    inputs: Record<string, unknown>,
  ): Promise<{ id: string; outputs: Record<string, unknown> }>;
  close(): Promise<void>;
}

export async function testCloud(...factories: ((cloud: Cloud) => Service)[]): Promise<TestCloud> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "streamlake-"));
  let now = START;
  const clock = { now: () => now, sleep: async () => {} };
  const cloud = createCloud({ region: "eu-central-1", accountId: "123456789012", clock, random: () => 0.5, dataDir });
  cloud.register(iamService(cloud), stsService(cloud), ...factories.map((factory) => factory(cloud)));
  const url = await cloud.listen(0);
  const declare: TestCloud["declare"] = async (type, name, inputs) => {
    const simulation = cloud
      .services()
      .flatMap((service) => Object.entries(service.resources))
      .find(([own]) => own === type)?.[1];
    if (!simulation) throw new Error(`no service has the type ${type}`);
    return simulation.create({ type, name, inputs });
  };
  return {
    cloud,
    url,
    dataDir,
    advance(millis) {
      now += millis;
    },
    clientConfig: (principal = { kind: "caller" }) => ({
      endpoint: url,
      region: "eu-central-1",
      credentials: cloud.credentialsFor(principal),
      maxAttempts: 1,
    }),
    async role(name, statements) {
      const trust = {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
      };
      const role = await declare("aws:iam/role:Role", name, { name, assumeRolePolicy: JSON.stringify(trust) });
      const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
      await declare("aws:iam/rolePolicy:RolePolicy", `${name}-policy`, { role: role.id, policy });
      return roleOf(String(role.outputs.arn));
    },
    declare,
    async close() {
      await cloud.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function iamOf(cloud: Cloud): IamService {
  return cloud.service("iam") as IamService;
}
