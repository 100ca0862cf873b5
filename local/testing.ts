/** `streamlake/testing`, for unit tests of programs: mocked resources, routed records, and Kinesis events. */

export { type KinesisEvent, type KinesisEventOptions, kinesisEvent, type TestRecord } from "./kinesisTestEvent";
export { type Declared, type DeclareOptions, declare } from "./program/declare";
export { type DeclaredResource, UNKNOWN } from "./program/declaredResource";
export type { FailedBatch, LandedRow, RoutedRecords, UnformattedRecord } from "./testing/routedRecords";
export { routeRecords } from "./testing/routeRecords";
export type { RegisteredSchema, RouteRecordsOptions, TestedRouter } from "./testing/testedRouter";
