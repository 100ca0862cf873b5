/** Functions, from the very packages of the program, and event source mappings. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
} from "@aws-sdk/client-lambda";
import { unpackCode } from "../../../../local/services/lambda/unpackCode";
import { type Deployer, pascal } from "./deployer";
import { zip } from "./zip";

export const lambdaDeployers: Readonly<Record<string, Deployer>> = {
  "aws:lambda/function:Function": async (
    { lambda },
    name,
    { code, environment, reservedConcurrentExecutions, ...rest },
  ) => {
    const input = {
      ...pascal<object>(rest),
      FunctionName: name,
      Environment: { Variables: environment?.variables },
      Code: { ZipFile: await packageOf(name, code) },
    };
    if (reservedConcurrentExecutions !== undefined)
      throw new Error(`${name}: reserved concurrency has a call of its own`);
    const made = await lambda.send(new CreateFunctionCommand(input as CreateFunctionCommandInput));
    return { id: name, outputs: { name, arn: made.FunctionArn, version: "$LATEST" } };
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": async ({ lambda }, _name, { destinationConfig, ...rest }) => {
    const Destination = destinationConfig?.onFailure.destinationArn;
    const inputs = { ...rest, ...(Destination && { destinationConfig: { OnFailure: { Destination } } }) };
    const made = await lambda.send(
      new CreateEventSourceMappingCommand(pascal<CreateEventSourceMappingCommandInput>(inputs)),
    );
    return { id: String(made.UUID), outputs: { uuid: made.UUID, arn: made.EventSourceMappingArn } };
  },
};

async function packageOf(name: string, code: unknown): Promise<Uint8Array> {
  const directory = await mkdtemp(path.join(tmpdir(), "package-"));
  try {
    await unpackCode(name, code, directory);
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    const read = files.map(async (file) => ({ name: path.relative(directory, file), bytes: await readFile(file) }));
    return zip(await Promise.all(read));
  } finally {
    await rm(directory, { recursive: true });
  }
}
