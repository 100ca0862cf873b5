/** Starts the provider; the Pulumi CLI runs it, and reads the port from its output. */
import * as path from "node:path";
import { main } from "@pulumi/pulumi/provider";
import { componentProvider } from "./provider";

/** @param directory the directory of `PulumiPlugin.yaml` and `schema.json` */
export function serve(directory: string, args: readonly string[]): Promise<void> {
  return main(componentProvider(path.join(directory, "schema.json")), [...args]);
}
