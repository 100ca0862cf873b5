/** The public API: the components, and what their arguments are made of. */

export type { AlarmsArgs } from "./components/alarm";
export type { Handler, HandlerFactory } from "./components/bundleCallback";
export { ContentAlerts, type ContentAlertsNodes } from "./components/contentAlerts";
export type { ContentAlertsArgs } from "./components/contentAlertsArgs";
export { DataLake } from "./components/dataLake";
export type { DataLakeArgs, DataLakeNodes, LakeTable } from "./components/dataLakeArgs";
export { FormatRouter, type FormatRouterNodes } from "./components/formatRouter";
export type { FormatRouterArgs } from "./components/formatRouterArgs";
export { HourlyEtl, type HourlyEtlNodes } from "./components/hourlyEtl";
export type { HourlyEtlArgs } from "./components/hourlyEtlArgs";
export type { Permission } from "./components/permission";
export { Replay, type ReplayNodes } from "./components/replay";
export type { ReplayArgs } from "./components/replayArgs";
export {
  type RegistrySchema,
  type SchemaCompatibility,
  SchemaRegistry,
  type SchemaRegistryArgs,
  type SchemaRegistryNodes,
} from "./components/schemaRegistry";
export { StreamFunction, type StreamFunctionArgs, type StreamFunctionNodes } from "./components/streamFunction";
export { StreamIngest, type StreamIngestArgs, type StreamIngestNodes } from "./components/streamIngest";
export type { Transform } from "./components/transform";
export type { Row, Value } from "./formats/row";
export type { AlertRule, AlertRules } from "./lake/alerts";
export type { Column, ColumnType, ScalarType } from "./lake/columns";
export { defaults } from "./lake/defaults";
export type { FormatsConfig } from "./lake/formats";
export type { RouterHooks } from "./lake/hooks";
export { defineSchema, type RowOf, type Schema } from "./lake/schema";
