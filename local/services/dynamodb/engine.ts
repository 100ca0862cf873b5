/** Runs operations of DynamoDB on tables in memory, by dynalite without its HTTP server. */
import { ServiceError } from "../../cloud/service";

/** An input or output of DynamoDB's API. */
export type Json = Readonly<Record<string, unknown>>;

/** What dynalite throws or passes for a refusal: the body of DynamoDB's answer. */
interface Refusal {
  readonly statusCode?: number;
  readonly body?: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

interface Validation {
  readonly types: Readonly<Record<string, unknown>>;
  readonly custom?: unknown;
}

interface Dynalite {
  readonly create: (options: object) => unknown;
  readonly validations: {
    checkTypes(input: object, types: Validation["types"]): object;
    checkValidations(input: object, types: Validation["types"], custom: unknown, store: unknown): void;
  };
  validation(operation: string): Validation;
  action(operation: string): (store: unknown, input: object, done: (error: unknown, output?: Json) => void) => void;
}

export interface Engine {
  /** @throws ServiceError, as DynamoDB answers, or for a member of the input that is not simulated */
  run(operation: string, input: Json): Promise<Json>;
}

/** Loads dynalite at the first operation. */
export function dynamoEngine(): Engine {
  let dynalite: Dynalite | undefined;
  let store: unknown;
  return {
    run(operation, input) {
      dynalite ??= loadDynalite();
      store ??= dynalite.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
      return runOn(dynalite, store, operation, input);
    },
  };
}

function loadDynalite(): Dynalite {
  const fileOf = (operation: string) => operation.charAt(0).toLowerCase() + operation.slice(1);
  return {
    create: require("dynalite/db").create,
    validations: require("dynalite/validations"),
    validation: (operation) => require(`dynalite/validations/${fileOf(operation)}`),
    action: (operation) => require(`dynalite/actions/${fileOf(operation)}`),
  };
}

async function runOn(dynalite: Dynalite, store: unknown, operation: string, input: Json): Promise<Json> {
  const { validations } = dynalite;
  const { types, custom } = dynalite.validation(operation);
  // dynalite ignores members that it does not have.
  const unknown = Object.keys(input).find((member) => !Object.hasOwn(types, member));
  if (unknown !== undefined) throw notSimulated(operation, `with ${unknown}`);
  const compared = comparedValue(input);
  if (compared !== undefined) throw notSimulated(operation, `with ${compared}, a map or a list that is compared`);
  // dynalite deletes and adds members.
  const own = structuredClone(input);
  try {
    const checked = validations.checkTypes(own, types);
    validations.checkValidations(checked, types, custom, store);
    return await new Promise((resolve, reject) => {
      dynalite.action(operation)(store, checked, (error, output) => (error ? reject(error) : resolve(output ?? {})));
    });
  } catch (error) {
    throw serviceErrorOf(error);
  }
}

/** DynamoDB compares maps and lists; dynalite answers that they differ. */
function comparedValue({ ExpressionAttributeValues, ...input }: Json): string | undefined {
  const expressions = [input.ConditionExpression, input.FilterExpression].filter((each) => typeof each === "string");
  const isCompared = (name: string) => expressions.some((expression) => mentions(expression as string, name));
  return Object.entries(Object(ExpressionAttributeValues) as Record<string, object>).find(
    ([name, value]) => ("M" in Object(value) || "L" in Object(value)) && isCompared(name),
  )?.[0];
}

function mentions(expression: string, name: string): boolean {
  return expression.split(/[^\w:]+/).includes(name);
}

function notSimulated(operation: string, what: string): ServiceError {
  return new ServiceError(
    "ValidationException",
    `local/dynamodb: ${operation} ${what} is not simulated; see docs/fidelity.md`,
  );
}

/** `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException` ends with the code. */
function serviceErrorOf(error: unknown): unknown {
  const { statusCode, body } = Object(error) as Refusal;
  if (statusCode === undefined || body === undefined) return error;
  const code = body.__type.slice(body.__type.indexOf("#") + 1);
  return new ServiceError(code, body.message ?? body.Message ?? code, statusCode);
}
