/** `streamlake/testing`: what users' own unit tests need: programs under mocked resources, and events as AWS sends them. */

export { type KinesisEvent, type KinesisEventOptions, kinesisEvent, type TestRecord } from "./kinesisTestEvent";
export { type Declared, type DeclareOptions, declare } from "./program/declare";
export { type DeclaredResource, UNKNOWN } from "./program/declaredResource";
