/** Runs a router's package in this process, with services of the test instead of AWS. */
import type * as pulumi from "@pulumi/pulumi";
import { type RouteRecordsOptions, type Router, type Routing, resolved, settled } from "./testedRouter";
import { startServices } from "./testServices";
import { withVariables } from "./withVariables";

interface PackageOptions extends Pick<RouteRecordsOptions, "secrets" | "schemas"> {
  readonly variables: Readonly<Record<string, string>>;
  readonly objects: Map<string, Uint8Array>;
}

/** @param work receives the package's handler */
export async function withPackage<T>(
  { routing, nodes }: Router,
  { variables, objects, secrets = {}, schemas = {} }: PackageOptions,
  work: (handler: (event: object) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const archive = (await settled(nodes.function.nodes.function.code)) as pulumi.asset.AssetArchive;
  const assets = await archive.assets;
  const code = await (assets["index.js"] as pulumi.asset.StringAsset).text;
  const arns = await resolved(secretArns(routing));
  const values = Object.entries(secrets).map(([name, value]) => [arns[name] ?? "", value] as const);
  const services = await startServices({ objects, secrets: new Map(values), schemas });
  try {
    const own = Object.fromEntries(Object.entries(arns).map(([name, arn]) => [`SECRET_${name}`, arn]));
    const all = { ...variables, ...own, EXPOSE_HOOK_ERRORS: "true", ...services.variables };
    return await withVariables(all, () => work(packagedHandler(code)));
  } finally {
    await services.stop();
  }
}

function secretArns({ secrets = {} }: Routing): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, source]) => [name, source.secretArn ?? source.parameterArn ?? ""]),
  );
}

/** The handler of a package; its log is dropped. @param code the content of `index.js` */
function packagedHandler(code: string): (event: unknown) => Promise<unknown> {
  const module = { exports: {} as { handler: (event: unknown) => Promise<unknown> } };
  const quiet = { ...console, log: () => undefined };
  const silent = Object.create(process, { stdout: { value: { write: () => true } } });
  // Not node:vm: the package must see the globals of the test, with its environment variables.
  const run = new Function("exports", "require", "module", "__filename", "__dirname", "console", "process", code);
  run(module.exports, require, module, "/var/task/index.js", "/var/task", quiet, silent);
  return module.exports.handler;
}
