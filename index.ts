/** The public API: the components, and the types of their arguments. */

export { CallbackFunction, type CallbackFunctionArgs, type CallbackFunctionNodes } from "./components/callbackFunction";
export { ContentAlerts, type ContentAlertsArgs, type ContentAlertsNodes } from "./components/contentAlerts";
export type { LakeDashboardArgs } from "./components/dashboard/args";
export { DataLake } from "./components/dataLake";
export type { DeliveryAlarmsArgs, DeliveryStreamArgs, DeliveryStreamTransform } from "./components/delivery/args";
export { DeliveryStream, type DeliveryStreamNodes } from "./components/deliveryStream";
export type { BucketResource, BucketSource, ExistingBucket } from "./components/existing/bucket";
export type {
  DatabaseResource,
  DatabaseSource,
  ExistingDatabase,
  ExistingWorkgroup,
  WorkgroupResource,
  WorkgroupSource,
} from "./components/existing/catalog";
export type { RegistrySource } from "./components/existing/registry";
export type { ExistingStream, Stream, StreamResource, StreamSource } from "./components/existing/stream";
export type { ExistingTopic, TopicResource, TopicSource } from "./components/existing/topic";
export { FormatRouter, type FormatRouterNodes, type RoutedRouter } from "./components/formatRouter";
export type { ParameterSource, SecretSource, Secrets, SecretsManagerSource } from "./components/function/secrets";
export type { FunctionSettings } from "./components/function/settings";
export type { VpcArgs } from "./components/function/vpc";
export type { HourlyEtlArgs } from "./components/hourly/args";
export { HourlyEtl, type HourlyEtlNodes } from "./components/hourlyEtl";
export { IngestApi, type IngestApiNodes } from "./components/ingestApi";
export type { IngestApiArgs, IngestApiTransform, JwtArgs, PartitionKeyArgs } from "./components/ingestApi/args";
export type { DataLakeArgs, DataLakeNodes, LakeRetentionDays, LakeTable } from "./components/lake/args";
export type { Lake } from "./components/lake/lake";
export { LakeDashboard, type LakeDashboardNodes } from "./components/lakeDashboard";
export type { Handler, HandlerFactory } from "./components/package/bundleCallback";
export type { AlarmsArgs } from "./components/parts/alarm";
export type { PipelineAlarmsArgs } from "./components/parts/monitoring/alarmsArgs";
export type { PipelineDashboardArgs } from "./components/parts/monitoring/dashboardArgs";
export type { Monitored } from "./components/parts/monitoring/monitoring";
export type { AlarmChange } from "./components/parts/monitoring/pipelineAlarms";
export type { Permission } from "./components/parts/permission";
export type { Transform } from "./components/parts/transform";
export { PipelineAlarms, type PipelineAlarmsNodes } from "./components/pipelineAlarms";
export { PipelineDashboard, type PipelineDashboardNodes } from "./components/pipelineDashboard";
export { Replay, type ReplayArgs, type ReplayNodes } from "./components/replay";
export type { FormatRouterArgs, RouterAlarmsArgs } from "./components/router/args";
export {
  type RegistrySchema,
  type SchemaCompatibility,
  SchemaRegistry,
  type SchemaRegistryArgs,
  type SchemaRegistryNodes,
} from "./components/schemaRegistry";
export type { ServingTableArgs } from "./components/serving/args";
export { ServingTable, type ServingTableNodes } from "./components/servingTable";
export type { StreamAlarmsArgs } from "./components/stream/alarms";
export {
  type StreamAnswer,
  type StreamEvent,
  StreamFunction,
  type StreamFunctionArgs,
  type StreamFunctionNodes,
  type StreamHandler,
} from "./components/streamFunction";
export { StreamIngest, type StreamIngestArgs, type StreamIngestNodes } from "./components/streamIngest";
export { Warehouse, type WarehouseNodes } from "./components/warehouse";
export type { WarehouseArgs } from "./components/warehouse/args";
export type { Row, Value } from "./formats/row";
export type { AlertRule, AlertRules } from "./lake/alerts";
export type { CallbackContext } from "./lake/callbackContext";
export type { Column, ColumnType, ScalarType } from "./lake/columns";
export type { DashboardColumn, DashboardQuery } from "./lake/dashboard/dataSets";
export {
  type Aggregate,
  average,
  bar,
  count,
  type Dimension,
  distinctCount,
  heatMap,
  kpi,
  line,
  type Measure,
  max,
  min,
  type Period,
  pie,
  scatter,
  sum,
  table,
  type Visual,
} from "./lake/dashboard/visuals";
export { defaults } from "./lake/defaults";
export type { DeliveryHooks } from "./lake/delivery/deliveryLines";
export type { FormatsConfig } from "./lake/formats";
export type { RouterHooks } from "./lake/routing/hooks";
export { defineSchema, type RowOf, type Schema } from "./lake/schemas/schema";
export type { FoldedAttribute, FoldedAttributes, ServingFold, ServingKey } from "./lake/serving/fold";
