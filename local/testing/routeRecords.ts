/** Routes records in a unit test: runs the router's handler in this process, with a lake in memory instead of AWS. */
import { kinesisEvent, type TestRecord } from "../kinesisTestEvent";
import { type RoutedRecords, routedRecords } from "./routedRecords";
import { routeEvents } from "./routeEvents";
import { type RouteRecordsOptions, type Router, routerOf, type TestedRouter } from "./testedRouter";

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

async function route(
  router: Router,
  records: readonly (string | Uint8Array | TestRecord)[],
  options: RouteRecordsOptions,
): Promise<RoutedRecords> {
  const events = kinesisEvent(records.map(testRecord)).Records;
  const { objects, failed } = await routeEvents(router, events, options);
  const sequenceNumbers = events.map(({ kinesis }) => kinesis.sequenceNumber);
  const failedBatches = failed.map(({ error, records: lost }) => ({
    records: lost.map((record) => events.indexOf(record)),
    error,
  }));
  return routedRecords(objects, sequenceNumbers, router.routing.lake.prefixes.raw, failedBatches);
}

function testRecord(record: string | Uint8Array | TestRecord): TestRecord {
  return typeof record === "string" || record instanceof Uint8Array ? { data: record } : record;
}
