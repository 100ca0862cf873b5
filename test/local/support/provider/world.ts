/** An open cloud for the provider's tests: a directory that goes away, a clock that stands, and short ways to its operations. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type OpenCloud, type OpenCloudOptions, openCloud } from "../../../../local/openCloud";
import type { LocalProvider } from "../../../../local/program/provider";
import { stoppedClock } from "../start";

type Values = Record<string, unknown>;

export interface ProviderWorld {
  readonly cloud: OpenCloud;
  readonly provider: LocalProvider;
  /** Checks and makes a resource, as an engine does; throws what is refused. Resolves to its id and outputs. */
  make(type: string, name: string, inputs: Values): Promise<{ id: string; outputs: Values }>;
  /** Calls an operation as the caller. */
  call<T = Values>(service: string, operation: string, input: object): Promise<T>;
  close(): Promise<void>;
}

export const ACCOUNT = "000000000000";

export async function providerWorld(options: Partial<OpenCloudOptions> = {}): Promise<ProviderWorld> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "streamlake-provider-"));
  const cloud = await openCloud({ dataDir, seed: 7, clock: stoppedClock, ...options });
  const { provider } = cloud;
  return {
    cloud,
    provider,
    async make(type, name, inputs) {
      const checked = await provider.check(type, name, undefined, inputs);
      const [failure] = checked.failures;
      if (failure) throw new Error(failure.reason);
      return provider.create(type, name, checked.inputs);
    },
    call: async <T>(service: string, operation: string, input: object) =>
      (await cloud.call(service, operation, input)) as T,
    async close() {
      await cloud.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A role that these services may assume, with a policy of these statements. Resolves to its ARN. */
export async function makeRole(
  world: ProviderWorld,
  name: string,
  services: readonly string[],
  statements: readonly object[] = [],
): Promise<string> {
  const Version = "2012-10-17";
  const trust = { Effect: "Allow", Principal: { Service: services }, Action: "sts:AssumeRole" };
  const assumeRolePolicy = JSON.stringify({ Version, Statement: [trust] });
  const { id, outputs } = await world.make("aws:iam/role:Role", name, { name, assumeRolePolicy });
  const policy = JSON.stringify({ Version, Statement: statements });
  if (statements.length > 0) await world.make("aws:iam/rolePolicy:RolePolicy", name, { name, role: id, policy });
  return String(outputs.arn);
}
