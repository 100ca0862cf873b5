/** The local cloud with its provider served to the engine: it lives from one command of the CLI to the next. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { version } from "@pulumi/aws/package.json";
import { type OpenCloud, openCloud } from "../../../local/openCloud";
import type { LocalProvider } from "../../../local/program/provider";
import { startProviderServer } from "./plugin/providerServer";

export interface LocalAws {
  readonly cloud: OpenCloud;
  /** What the CLI must have in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets the next creation of the resource of that logical name fail, before anything of it is made. */
  failOnce(logicalName: string, message: string): void;
  /** Ends the cloud and deletes its files. */
  stop(): Promise<void>;
}

export async function startLocalAws(): Promise<LocalAws> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "local-aws-"));
  const cloud = await openCloud({ dataDir, seed: 1 });
  const failures = new Map<string, string>();
  const server = await startProviderServer(withFailures(cloud.provider, failures), schemaOf());
  return {
    cloud,
    env: { STREAMLAKE_TEST_PROVIDER_PORT: String(server.port) },
    failOnce: (logicalName, message) => failures.set(logicalName, message),
    async stop() {
      server.close();
      await cloud.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function withFailures(provider: LocalProvider, failures: Map<string, string>): LocalProvider {
  return {
    ...provider,
    async create(type, name, inputs, options) {
      const message = failures.get(name);
      if (message === undefined || options?.preview) return provider.create(type, name, inputs, options);
      failures.delete(name);
      throw new Error(message);
    },
  };
}

/** The package's name and version; programs bring the resources' types with their SDK. */
function schemaOf(): string {
  return JSON.stringify({ name: "aws", version });
}
