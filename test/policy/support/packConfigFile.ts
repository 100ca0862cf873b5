/** Where the policy pack's configuration for a shipped stack lies, as README and docs/policies.md name it. */
import { existsSync } from "node:fs";
import * as path from "node:path";

/** The directory of the pack. */
export const PACK = path.resolve(__dirname, "../../../policy");

/** `policy/config/<stack>.json`, for `--policy-pack-config`; undefined where a stack needs none. */
export function packConfigFile(stack: string): string | undefined {
  const file = path.join(PACK, "config", `${stack}.json`);
  return existsSync(file) ? file : undefined;
}
