/**
 * The operations that list and describe functions and event source mappings, and their paths.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
import type { HttpRequest, HttpResponse } from "../../cloud/endpoint/http";
import { type Access, type CallContext, type CloudContext, type Operation, ServiceError } from "../../cloud/service";
import type { Functions } from "./functions";
import type { LambdaFunction } from "./lambdaFunction";
import type { Mappings } from "./mapping/mappings";

interface Paged {
  readonly Marker?: string;
  readonly MaxItems?: string;
}

interface MappingsInput extends Paged {
  readonly EventSourceArn?: string;
  readonly FunctionName?: string;
}

/** Maximum number of functions on a page, and of mappings (API references). */
const MAX_FUNCTIONS = 50;
const MAX_MAPPINGS = 100;

/** Paths of GET requests, their operation, the input in the path and those in the query. */
const ROUTES: readonly (readonly [path: RegExp, operation: string, inPath: string, inQuery: readonly string[]])[] = [
  [/^\/2015-03-31\/functions\/?$/, "ListFunctions", "", ["FunctionVersion", "Marker", "MaxItems"]],
  [/^\/2015-03-31\/functions\/([^/]+)\/configuration$/, "GetFunctionConfiguration", "FunctionName", ["Qualifier"]],
  [
    /^\/2015-03-31\/event-source-mappings\/?$/,
    "ListEventSourceMappings",
    "",
    ["EventSourceArn", "FunctionName", "Marker", "MaxItems"],
  ],
  [/^\/2015-03-31\/event-source-mappings\/([^/]+)$/, "GetEventSourceMapping", "UUID", []],
];

export function describeOperations(
  cloud: Pick<CloudContext, "region" | "accountId">,
  functions: Functions,
  mappings: Mappings,
): Readonly<Record<string, Operation<never>>> {
  const listFunctions: Operation<Paged> = {
    access: () => [{ action: "lambda:ListFunctions", resource: "*" }],
    run: (input) => {
      const { items, NextMarker } = page(functions.all(), input, MAX_FUNCTIONS);
      return { Functions: items.map((each) => configurationOf(each)), NextMarker };
    },
  };
  const getFunctionConfiguration: Operation<{ FunctionName: string; Qualifier?: string }> = {
    access: ({ FunctionName }) => [
      { action: "lambda:GetFunctionConfiguration", resource: functions.of(FunctionName).spec.arn },
    ],
    run: ({ FunctionName, Qualifier = "$LATEST" }) => {
      const found = functions.of(FunctionName);
      if (Qualifier !== "$LATEST") {
        throw new ServiceError("ResourceNotFoundException", `Function not found: ${found.spec.arn}:${Qualifier}`, 404);
      }
      return { ...configurationOf(found), State: "Active", LastUpdateStatus: "Successful" };
    },
  };
  const listEventSourceMappings: Operation<MappingsInput> = {
    access: () => [{ action: "lambda:ListEventSourceMappings", resource: "*" }],
    run: (input) => {
      const { EventSourceArn, FunctionName } = input;
      const functionArn = FunctionName === undefined ? undefined : functions.of(FunctionName).spec.arn;
      const found = mappings
        .describe()
        .filter((mapping) => EventSourceArn === undefined || mapping.EventSourceArn === EventSourceArn)
        .filter((mapping) => functionArn === undefined || mapping.FunctionArn === functionArn);
      const { items, NextMarker } = page(found, input, MAX_MAPPINGS);
      return { EventSourceMappings: items, NextMarker };
    },
  };
  const mappingArn = (id: string) => `arn:aws:lambda:${cloud.region}:${cloud.accountId}:event-source-mapping:${id}`;
  const getEventSourceMapping: Operation<{ UUID: string }> = {
    access: ({ UUID }) => [{ action: "lambda:GetEventSourceMapping", resource: mappingArn(UUID) }],
    run: ({ UUID }) => {
      const found = mappings.describe().find((mapping) => mapping.UUID === UUID);
      if (found) return found;
      throw new ServiceError("ResourceNotFoundException", "The resource you requested does not exist.", 404);
    },
  };
  return {
    ListFunctions: listFunctions as Operation<never>,
    GetFunctionConfiguration: getFunctionConfiguration as Operation<never>,
    ListEventSourceMappings: listEventSourceMappings as Operation<never>,
    GetEventSourceMapping: getEventSourceMapping as Operation<never>,
  };
}

/** Answers the paths above; resolves to undefined for any other request. */
export function describeFront(
  operations: Readonly<Record<string, Operation<never>>>,
  authorize: (context: CallContext, access: readonly Access[]) => void,
): (request: HttpRequest, context: CallContext) => Promise<HttpResponse | undefined> {
  return async ({ method, path, query }, context) => {
    const route = method === "GET" ? ROUTES.find(([pattern]) => pattern.test(path)) : undefined;
    if (!route) return undefined;
    const [pattern, name, inPath, inQuery] = route;
    const unknown = [...query.keys()].find((key) => !inQuery.includes(key));
    if (unknown !== undefined) {
      throw new ServiceError(
        "InvalidParameterValueException",
        `local/lambda: the parameter "${unknown}" of ${name} is not simulated; see docs/fidelity.md`,
      );
    }
    const value = pattern.exec(path)?.[1];
    const input = { ...Object.fromEntries(query), ...(value !== undefined && { [inPath]: decodeURIComponent(value) }) };
    const operation = operations[name] as Operation<object>;
    authorize(context, operation.access(input));
    const body = JSON.stringify(await operation.run(input, context));
    return {
      status: 200,
      headers: { "content-type": "application/json", "x-amzn-requestid": context.requestId },
      body,
    };
  };
}

function configurationOf({ spec, modifiedMillis }: LambdaFunction) {
  return {
    FunctionName: spec.name,
    FunctionArn: spec.arn,
    Runtime: spec.runtime,
    Role: spec.roleArn,
    Handler: spec.handler,
    Description: spec.description,
    Timeout: spec.timeoutMillis / 1000,
    MemorySize: spec.memoryMebibytes,
    LastModified: new Date(modifiedMillis).toISOString().replace("Z", "+0000"),
    Version: "$LATEST",
    ...(Object.keys(spec.variables).length > 0 && { Environment: { Variables: spec.variables } }),
    PackageType: "Zip",
    LoggingConfig: {
      LogFormat: spec.logFormat,
      LogGroup: spec.logGroup,
      ...(spec.logFormat === "JSON" && { ApplicationLogLevel: spec.logLevel, SystemLogLevel: spec.systemLogLevel }),
    },
  };
}

function page<T>(
  all: readonly T[],
  { Marker = "0", MaxItems }: Paged,
  max: number,
): { items: T[]; NextMarker?: string } {
  if (!/^\d+$/.test(Marker)) throw new ServiceError("InvalidParameterValueException", `Invalid Marker: ${Marker}`);
  const asked = MaxItems === undefined ? max : Number(MaxItems);
  if (!Number.isInteger(asked) || asked < 1 || asked > 10_000) {
    throw new ServiceError(
      "InvalidParameterValueException",
      `1 validation error detected: Value '${MaxItems}' at 'maxItems' failed to satisfy constraint: Member must be from 1 to 10000`,
    );
  }
  const start = Number(Marker);
  const end = start + Math.min(asked, max);
  return { items: all.slice(start, end), ...(end < all.length && { NextMarker: String(end) }) };
}
