/** Lambda: functions as processes that run their packages, and event source mappings from Kinesis streams to them. */

import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { Cloud } from "../cloud";
import type { Principal } from "../iam/principal";
import { bootstrap } from "../lambda/bootstrap";
import type { FailedBatch } from "../lambda/failureDelivery";
import { readFunctionSpec } from "../lambda/functionSpec";
import { Gate } from "../lambda/gate";
import type { InvokeInput, InvokeOutput } from "../lambda/invoke";
import { invokeFront } from "../lambda/invokeFront";
import { LambdaFunction, type LambdaHost } from "../lambda/lambdaFunction";
import { MappingDriver } from "../lambda/mappingDriver";
import { unpackCode } from "../lambda/unpackCode";
import { readMappingSettings } from "../mapping/readMappingConfig";
import { physicalName } from "../physicalName";
import { type CloudContext, type DeclaredResource, type Operation, type Service, ServiceError } from "../service";
import { uuid } from "../workflow/functions";
import type { IamService } from "./iam";
import type { KinesisService } from "./kinesis";

export interface LambdaService extends Service {
  readonly name: "lambda";
  /** Resolves when every mapping has seen everything in its stream through, without waiting for windows. */
  drainMappings(): Promise<void>;
  /** Every batch that was given up, with the reason and where its records are. */
  failedBatches(): readonly FailedBatch[];
}

/** Processes at work at once: enough for the shards of a stream side by side, few enough for the machine. */
const MOST_AT_WORK = Math.max(4, 2 * availableParallelism());

/** @param endpoint the URL of the cloud's endpoint, where functions find AWS */
export function lambdaService(cloud: CloudContext & Pick<Cloud, "credentialsFor">, endpoint: string): LambdaService {
  const host: LambdaHost = { endpoint, credentialsFor: (principal) => cloud.credentialsFor(principal) };
  const functions = new Map<string, LambdaFunction>();
  const drivers = new Map<string, MappingDriver>();
  const ends: (() => void)[] = [];
  const gate = new Gate(MOST_AT_WORK);
  const directory = path.join(cloud.dataDir, "lambda");
  const bootstrapFile = path.join(directory, "bootstrap.js");

  async function createFunction(resource: DeclaredResource) {
    const name = physicalName(resource);
    const arn = `arn:aws:lambda:${cloud.region}:${cloud.accountId}:function:${name}`;
    if (functions.has(name)) throw new Error(`local/lambda: function "${resource.name}": the name "${name}" is taken`);
    const root = path.join(directory, name);
    const spec = readFunctionSpec(resource.name, resource.inputs, { name, arn, region: cloud.region, root });
    (cloud.service("iam") as IamService).assume(spec.roleArn, "lambda.amazonaws.com", { "aws:SourceArn": arn });
    await unpackCode(resource.name, resource.inputs.code, root);
    await writeFile(bootstrapFile, `"use strict";\n(${bootstrap.toString()})();\n`);
    functions.set(name, new LambdaFunction(spec, cloud, host, bootstrapFile, gate));
    const invokeArn = `arn:aws:apigateway:${cloud.region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
    return { id: name, outputs: { name, arn, invokeArn, version: "$LATEST", qualifiedArn: `${arn}:$LATEST` } };
  }

  async function createMapping(resource: DeclaredResource) {
    const settings = readMappingSettings(resource.name, resource.inputs);
    const target = functionOf(settings.functionName);
    const { spec } = target;
    const id = uuid(cloud.random);
    const principal = (cloud.service("iam") as IamService).assume(spec.roleArn, "lambda.amazonaws.com");
    const driver = new MappingDriver({
      uuid: id,
      settings,
      cloud,
      principal,
      source: { streamArn: settings.streamArn, roleArn: spec.roleArn, region: cloud.region },
      functionArn: spec.arn,
      invoke: (event) => target.invoke(event),
    });
    await describeStream(resource.name, principal, settings.streamArn);
    if (settings.isEnabled) {
      drivers.set(id, driver);
      const kinesis = cloud.service("kinesis") as KinesisService;
      ends.push(
        kinesis.onPut(({ streamArn, shardId, records }) => {
          // A reshard puts no records; its news is that other shards are closed.
          if (streamArn === settings.streamArn) driver.notice(records > 0 ? shardId : undefined);
        }),
      );
      driver.start();
    }
    const arn = `arn:aws:lambda:${cloud.region}:${cloud.accountId}:event-source-mapping:${id}`;
    const state = settings.isEnabled ? "Enabled" : "Disabled";
    return { id, outputs: { uuid: id, arn, functionArn: spec.arn, state, stateTransitionReason: "User action" } };
  }

  /** As on AWS, a mapping is refused whose role cannot reach the stream; often the policy is only about to be made. */
  async function describeStream(logicalName: string, principal: Principal, streamArn: string): Promise<void> {
    try {
      await cloud.call(principal, "kinesis", "DescribeStreamSummary", { StreamARN: streamArn });
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const hint = "the role's policy must allow it and be made before the mapping (dependsOn)";
      throw new Error(`local/lambda: event source mapping "${logicalName}": ${message}; ${hint}`, { cause });
    }
  }

  /** By name, ARN or ARN with `:$LATEST`. */
  function functionOf(nameOrArn: string): LambdaFunction {
    const name = /^arn:aws:lambda:[^:]+:\d+:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn.split(":")[0];
    const found = functions.get(name as string);
    if (found) return found;
    const arn = `arn:aws:lambda:${cloud.region}:${cloud.accountId}:function:${name}`;
    throw new ServiceError("ResourceNotFoundException", `Function not found: ${arn}`, 404);
  }

  const invoke: Operation<InvokeInput, InvokeOutput> = {
    access: ({ FunctionName }) => [{ action: "lambda:InvokeFunction", resource: functionOf(FunctionName).spec.arn }],
    async run({ FunctionName, InvocationType = "RequestResponse", Payload = "{}" }) {
      if (InvocationType === "DryRun") return { StatusCode: 204, ExecutedVersion: "$LATEST", Payload: Buffer.alloc(0) };
      if (InvocationType !== "RequestResponse") {
        throw new ServiceError(
          "InvalidParameterValueException",
          `local/lambda: the invocation type "${InvocationType}" is not simulated; use "RequestResponse", see docs/fidelity.md`,
        );
      }
      const end = await functionOf(FunctionName).invoke(typeof Payload === "string" ? Buffer.from(Payload) : Payload);
      return {
        StatusCode: 200,
        ...(end.functionError && { FunctionError: end.functionError }),
        ExecutedVersion: "$LATEST",
        Payload: Buffer.from(end.payload),
      };
    },
  };

  return {
    name: "lambda",
    resources: {
      "aws:lambda/function:Function": {
        simulated: [
          "name",
          "namePrefix",
          "role",
          "runtime",
          "handler",
          "code",
          "memorySize",
          "timeout",
          "environment",
          "loggingConfig",
          "reservedConcurrentExecutions",
        ],
        withoutEffect: ["description", "architectures", "tags", "tracingConfig", "publish"],
        create: createFunction,
      },
      "aws:lambda/eventSourceMapping:EventSourceMapping": {
        simulated: [
          "eventSourceArn",
          "functionName",
          "startingPosition",
          "startingPositionTimestamp",
          "batchSize",
          "maximumBatchingWindowInSeconds",
          "parallelizationFactor",
          "maximumRetryAttempts",
          "maximumRecordAgeInSeconds",
          "bisectBatchOnFunctionError",
          "functionResponseTypes",
          "destinationConfig",
          "enabled",
        ],
        withoutEffect: ["metricsConfig", "tags"],
        create: createMapping,
      },
    },
    operations: { Invoke: invoke },
    rest: invokeFront(invoke, ({ principal }, access) => cloud.authorize(principal, access)),
    async drainMappings() {
      await Promise.all([...drivers.values()].map((driver) => driver.drain()));
    },
    failedBatches: () => [...drivers.values()].flatMap((driver) => driver.failed),
    async stop() {
      for (const end of ends) end();
      for (const driver of drivers.values()) driver.stop();
      await Promise.all([...functions.values()].map((each) => each.stop()));
    },
  };
}
