/** Routes records in a unit test: runs the router's handler in this process, with a lake in memory instead of AWS. */
import { undeclaredSecret } from "../../lake/callbackContext";
import { kinesisEvent, type TestRecord } from "../kinesisTestEvent";
import { deliver } from "./deliver";
import { withPackage } from "./inPackage";
import { handlerInProcess } from "./inProcess";
import { type RoutedRecords, routedRecords } from "./routedRecords";
import { type RouteRecordsOptions, type Router, resolved, routerOf, type TestedRouter } from "./testedRouter";
import { withVariables } from "./withVariables";

/**
 * Routes records as the deployed router does: its handler, formats, hooks, schemas and captured values are those that
 * its package contains. Bytes that no format fits, errors of hooks (with their messages) and refused rows are in
 * `unformatted`. Calls run one at a time, because `process.env` belongs to the process.
 *
 * @param router made within `declare`, or a program that makes it and returns it
 * @param records one record each: a string is sent as UTF-8
 * @throws Error if a declared secret has no value, and for names that the router does not declare
 * @example const { rows } = await routeRecords(() => pipeline().router, ['{"order_id":"a","total":5}']);
 */
export function routeRecords(
  router: TestedRouter | (() => TestedRouter | Promise<TestedRouter>),
  records: readonly (string | Uint8Array | TestRecord)[],
  options: RouteRecordsOptions = {},
): Promise<RoutedRecords> {
  const turn = last.then(async () => route(await routerOf(router, options), records, options));
  last = turn.catch(() => undefined); // The caller gets the error; the next call only waits.
  return turn;
}

let last: Promise<unknown> = Promise.resolve();

/** The SDK warns of future Node.js versions; that concerns the maintainers of this package, not its users. */
const NO_WARNING = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

async function route(
  router: Router,
  records: readonly (string | Uint8Array | TestRecord)[],
  options: RouteRecordsOptions,
): Promise<RoutedRecords> {
  const { routing } = router;
  checkSecrets(Object.keys(routing.secrets ?? {}), Object.keys(options.secrets ?? {}));
  const variables = { ...NO_WARNING, ...(await resolved(routing.environment)), ...options.environment };
  const objects = new Map<string, Uint8Array>();
  const events = kinesisEvent(records.map(testRecord)).Records;
  const failed = options.packaged
    ? await withPackage(router, { variables, objects, ...options }, (handler) => deliver(events, handler))
    : await withVariables(variables, () => deliver(events, handlerInProcess(routing, variables, objects, options)));
  const sequenceNumbers = events.map(({ kinesis }) => kinesis.sequenceNumber);
  const failedBatches = failed.map(({ error, records: lost }) => ({
    records: lost.map((record) => events.indexOf(record)),
    error,
  }));
  return routedRecords(objects, sequenceNumbers, routing.lake.prefixes.raw, failedBatches);
}

function testRecord(record: string | Uint8Array | TestRecord): TestRecord {
  return typeof record === "string" || record instanceof Uint8Array ? { data: record } : record;
}

function checkSecrets(declared: readonly string[], given: readonly string[]): void {
  const missing = declared.filter((name) => !given.includes(name));
  if (missing.length > 0) {
    const values = missing.map((name) => `${name}: "…"`).join(", ");
    throw new Error(
      `routeRecords: the router reads ${missing.join(", ")}; give values for the test: secrets: { ${values} }`,
    );
  }
  const unknown = given.find((name) => !declared.includes(name));
  if (unknown !== undefined) throw new Error(`routeRecords: ${undeclaredSecret(unknown, declared)}`);
}
