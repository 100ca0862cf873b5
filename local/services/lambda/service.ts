/** Lambda: functions as processes that run their packages, and event source mappings from Kinesis streams to them. */
import { availableParallelism } from "node:os";
import type { Cloud } from "../../cloud/cloud";
import {
  type Access,
  type CallContext,
  type CloudContext,
  type Operation,
  type Service,
  ServiceError,
} from "../../cloud/service";
import { describeFront, describeOperations } from "./describe";
import { FunctionPass, type PassOptions } from "./functionPass";
import type { InvocationEnd } from "./functionProcess";
import { Functions } from "./functions";
import { Gate } from "./gate";
import type { InvokeInput, InvokeOutput } from "./invoke";
import { invokeFront } from "./invokeFront";
import type { FunctionCalls, LambdaHost } from "./lambdaFunction";
import type { FailedBatch } from "./mapping/failureDelivery";
import { Mappings } from "./mapping/mappings";
import { Permissions } from "./permissions";

export type { FunctionCalls } from "./lambdaFunction";

export interface LambdaService extends Service {
  readonly name: "lambda";
  /** Resolves when every mapping has processed all records of its stream, without waiting for batch windows. */
  drainMappings(): Promise<void>;
  /** The payload bytes of a stream that each of its mappings has finished: landed, or discarded. */
  deliveredBytes(streamName: string): readonly number[];
  /**
   * The directory of the package that the function's next invocation runs.
   *
   * @throws ServiceError for an unknown function
   */
  packageDirectory(nameOrArn: string): string;
  /**
   * Invokes a function as a service does, which the function's policy must allow for the source.
   *
   * @param service `"apigateway.amazonaws.com"`
   * @param event JSON in UTF-8
   * @throws ServiceError `AccessDeniedException` without a permission
   */
  invokeFor(service: string, sourceArn: string, functionArn: string, event: Uint8Array): Promise<InvocationEnd>;
  /** Starts a pass over records of a stream by the package of a function, apart from the function itself. */
  openPass(functionArn: string, options: PassOptions): FunctionPass;
  /** The ended calls of each function. */
  calls(): readonly FunctionCalls[];
  /** Every discarded batch, with the reason and the place of its records. */
  failedBatches(): readonly FailedBatch[];
}

/** Maximum number of busy processes: enough for a stream's shards in parallel, few enough for the machine. */
const MAX_AT_WORK = Math.max(4, 2 * availableParallelism());

/** @param endpoint the URL at which functions reach the AWS APIs */
export function lambdaService(cloud: CloudContext & Pick<Cloud, "credentialsFor">, endpoint: string): LambdaService {
  const host: LambdaHost = { endpoint, credentialsFor: (principal) => cloud.credentialsFor(principal) };
  const functions: Functions = new Functions(cloud, host, new Gate(MAX_AT_WORK), (arn) => mappings.roleChanged(arn));
  const permissions = new Permissions(cloud.accountId);
  const mappings: Mappings = new Mappings(cloud, (nameOrArn) => functions.of(nameOrArn));

  const invoke: Operation<InvokeInput, InvokeOutput> = {
    access: ({ FunctionName }) => [{ action: "lambda:InvokeFunction", resource: functions.of(FunctionName).spec.arn }],
    async run({ FunctionName, InvocationType = "RequestResponse", Payload = "{}" }) {
      if (InvocationType === "DryRun") return { StatusCode: 204, ExecutedVersion: "$LATEST", Payload: Buffer.alloc(0) };
      if (InvocationType !== "RequestResponse") {
        throw new ServiceError(
          "InvalidParameterValueException",
          `local/lambda: the invocation type "${InvocationType}" is not simulated; use "RequestResponse", see docs/fidelity.md`,
        );
      }
      const target = functions.of(FunctionName);
      const event = typeof Payload === "string" ? Buffer.from(Payload) : Payload;
      if (!isJson(event)) {
        throw new ServiceError("InvalidRequestContentException", "Could not parse request body into json");
      }
      const end = await target.invoke(event);
      return {
        StatusCode: 200,
        ...(end.functionError && { FunctionError: end.functionError }),
        ExecutedVersion: "$LATEST",
        Payload: Buffer.from(end.payload),
      };
    },
  };

  async function invokeFor(service: string, sourceArn: string, functionArn: string, event: Uint8Array) {
    const target = functions.of(functionArn);
    if (permissions.allow(target.spec.name, service, sourceArn)) return target.invoke(event);
    throw new ServiceError(
      "AccessDeniedException",
      `${service} may not invoke ${target.spec.arn} for ${sourceArn}; declare an aws.lambda.Permission`,
      403,
    );
  }

  const describing = describeOperations(cloud, functions, mappings);
  const authorize = ({ principal }: CallContext, access: readonly Access[]) => cloud.authorize(principal, access);
  const describe = describeFront(describing, authorize);
  const invoking = invokeFront(invoke, authorize);

  return {
    name: "lambda",
    resources: {
      "aws:lambda/function:Function": functions.resource,
      "aws:lambda/eventSourceMapping:EventSourceMapping": mappings.resource,
      "aws:lambda/permission:Permission": permissions.resource,
    },
    operations: { Invoke: invoke, ...describing },
    rest: async (request, context) => (await describe(request, context)) ?? invoking(request, context),
    drainMappings: () => mappings.drain(),
    deliveredBytes: (streamName) => mappings.deliveredBytes(streamName),
    packageDirectory: (nameOrArn) => functions.of(nameOrArn).spec.root,
    invokeFor,
    openPass: (functionArn, options) => new FunctionPass(functions.of(functionArn), options),
    calls: () => functions.calls(),
    failedBatches: () => mappings.failed(),
    async stop() {
      mappings.stop();
      await functions.stop();
    },
  };
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
    return true;
  } catch {
    return false; // The parse error is the result.
  }
}
