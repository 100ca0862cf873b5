/** Chooses what a command reads: a local run by its files, or a deployed stack by its outputs. */
import path from "node:path";
import { CommandError, UsageError } from "../errors";
import { flag, stackName, text, url } from "../optionKinds";
import type { Values } from "../options";
import type { Run } from "../project/runs/listRuns";
import { readRun, runOptions } from "../project/runs/readRun";
import { type ClientOptions, clientOptions } from "../send/awsClients";
import { checkEndpoint } from "../send/checkEndpoint";
import type { Io } from "../terminal/io";
import { type OutputsSource, outputsOfFile, outputsOfStack, regionOfOutputs, type StackOutputs } from "./stackOutputs";

/** The options that name a stack on AWS, beside `--stack` and `--endpoint-url`. */
export const deployedOptions = {
  deployed: flag("uses the stack on AWS instead of a local run; the Pulumi CLI names its resources"),
  outputs: text(
    "FILE",
    "uses the stack on AWS whose outputs are in this file, as pulumi stack output --json prints them",
    undefined,
  ),
};

export const targetOptions = {
  ...runOptions,
  stack: stackName(
    "the stack whose last run is read, the last run of all when absent; with --deployed, the deployed stack",
  ),
  ...deployedOptions,
  "endpoint-url": url(
    "URL",
    "with --deployed or --outputs, the endpoint of a local run, such as http://127.0.0.1:4566",
  ),
};

/** A stack on AWS, or behind an endpoint. */
export interface DeployedStack {
  /** For people: `the stack "prod"`. */
  readonly title: string;
  readonly outputs: StackOutputs;
  /** The stack's region; undefined if neither an output nor the environment names it. */
  readonly region: string | undefined;
  /** The options of the client of a service, by the suffix of `AWS_ENDPOINT_URL_<SERVICE>`. */
  client(service: string): ClientOptions;
}

export type Target = { readonly run: Run } | { readonly deployed: DeployedStack };

/** @throws UsageError for options of both; CommandError without a run, outputs or endpoint */
export async function readTarget(
  options: Values<typeof targetOptions>,
  source: OutputsSource,
  io: Io,
): Promise<Target> {
  const deployed = await deployedStack(options, source, io);
  if (deployed) return { deployed };
  if (options["endpoint-url"] !== undefined) {
    throw new UsageError(`streamlake ${source.command}: --endpoint-url needs --deployed or --outputs`);
  }
  return { run: localRun(options, source, io) };
}

/**
 * The stack of `--deployed` or `--outputs`; undefined without either.
 *
 * @throws UsageError for options of a local run; CommandError without outputs or endpoint
 */
export async function deployedStack(
  options: Values<typeof deployedOptions> & Partial<Values<typeof targetOptions>>,
  source: OutputsSource,
  io: Io,
): Promise<DeployedStack | undefined> {
  const { command } = source;
  const { stack, outputs: file, deployed, run, "endpoint-url": endpointUrl } = options;
  if (!deployed && file === undefined) return undefined;
  if (run !== undefined) {
    const other = deployed ? "--deployed" : "--outputs";
    throw new UsageError(`streamlake ${command}: --run reads a local run, and ${other} a stack on AWS; give only one`);
  }
  if (file !== undefined && (deployed || stack !== undefined)) {
    const other = deployed ? "--deployed" : "--stack";
    throw new UsageError(`streamlake ${command}: --outputs and ${other} are two sources of the outputs; give only one`);
  }
  const outputs =
    file === undefined
      ? await outputsOfStack(stack, io.cwd, source)
      : outputsOfFile(path.resolve(io.cwd, file), source);
  const region = regionOfOutputs(outputs);
  const client = (service: string) => ({
    ...clientOptions(service, io.env, endpointUrl),
    ...(region !== undefined && { region }),
  });
  await checkEndpoint(client("S3").endpoint);
  const title =
    file === undefined ? (stack === undefined ? "the selected stack" : `the stack "${stack}"`) : `the stack of ${file}`;
  return { title, outputs, region: region ?? client("S3").region, client };
}

/** Who names a stack that has no local run may mean the deployed one. */
function localRun(options: Values<typeof targetOptions>, { command }: OutputsSource, io: Io): Run {
  try {
    return readRun(command, options, io);
  } catch (error) {
    const isMissing = error instanceof CommandError && error.message.startsWith("there is no run");
    if (!isMissing || options.stack === undefined) throw error;
    throw new CommandError(`${error.message}; --deployed reads the stack on AWS`, { cause: error });
  }
}
