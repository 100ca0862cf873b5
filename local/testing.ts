/** `streamlake/testing`, for unit tests of programs: evaluates them with mocked resources, and makes Kinesis events. */

export { type KinesisEvent, type KinesisEventOptions, kinesisEvent, type TestRecord } from "./kinesisTestEvent";
export { type Declared, type DeclareOptions, declare } from "./program/declare";
export { type DeclaredResource, UNKNOWN } from "./program/declaredResource";
