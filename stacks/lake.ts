/** Composes one environment: a stream, a router or a delivery stream, a lake, its hourly step and what else is configured. */
import * as sns from "@pulumi/aws/sns";
import type { ResourceOptions } from "@pulumi/pulumi";
import { DataLake } from "../components/dataLake";
import { DeliveryStream } from "../components/deliveryStream";
import { FormatRouter } from "../components/formatRouter";
import { HourlyEtl } from "../components/hourlyEtl";
import { IngestApi } from "../components/ingestApi";
import { PipelineDashboard } from "../components/pipelineDashboard";
import { Replay } from "../components/replay";
import { ServingTable } from "../components/servingTable";
import { StreamIngest } from "../components/streamIngest";
import { Warehouse } from "../components/warehouse";
import { sensorLayout } from "../lake/sensorLayout";
import type { StackConfig } from "./config";

export function lakeStack(config: StackConfig) {
  const { protect, allowDataDeletion, logRetentionDays, failureEmails } = config;
  const opts = { protect };
  const alarms = config.alarms ? alarmTopic(config, opts) : undefined;

  const ingest = new StreamIngest(
    "ingest",
    { retentionHours: config.streamRetentionHours, deleteDataOnDestroy: allowDataDeletion },
    opts,
  );
  const lake = new DataLake(
    "lake",
    {
      tables: config.tables,
      retentionDays: { raw: config.rawRetentionDays },
      scanLimitGibibytes: config.scanLimitGibibytes,
      accessLogs: config.accessLogs,
      deleteDataOnDestroy: allowDataDeletion,
    },
    opts,
  );
  const formats = { json: {}, ndjson: {}, csv: {}, binary: { layouts: [sensorLayout] } };
  const onStream = { stream: ingest, logRetentionDays, alarms };
  const landing = { ...onStream, lake, formats };
  const backup = { sourceBackup: true, deleteDataOnDestroy: allowDataDeletion };
  const router = config.delivery
    ? undefined
    : new FormatRouter("router", { ...landing, batchWindowSeconds: config.batchWindowSeconds }, opts);
  const delivery = config.delivery ? new DeliveryStream("delivery", { ...landing, ...backup }, opts) : undefined;
  const reporting = { logRetentionDays, alarms, failureEmails };
  const etl = new HourlyEtl("etl", { lake, enabled: config.schedule, ...reporting }, opts);
  const replay = config.replay && router ? new Replay("replay", { router, ...reporting }, opts) : undefined;
  const warehouse =
    config.warehouse &&
    new Warehouse(
      "warehouse",
      { lake, ...config.warehouse, enabled: config.schedule, deleteDataOnDestroy: allowDataDeletion, ...reporting },
      opts,
    );
  const view = config.servingTable
    ? new ServingTable(
        "view",
        { ...config.servingTable, ...onStream, lake, formats, deleteDataOnDestroy: allowDataDeletion },
        opts,
      )
    : undefined;
  const api = config.ingestApi
    ? new IngestApi("api", { ...config.ingestApi, ...onStream, ...(view && { views: { items: view } }) }, opts)
    : undefined;
  if (config.dashboard) {
    const all = [ingest, lake, router, delivery, etl, replay, warehouse, view, api];
    const components = all.filter((component) => component !== undefined);
    new PipelineDashboard("dashboard", { components }, opts);
  }
  return { ingest, lake, router, delivery, etl, replay, warehouse, view, api, alarms };
}

function alarmTopic({ alarmEmails }: StackConfig, opts: ResourceOptions) {
  // Not encrypted with `alias/aws/sns`, because that key's policy does not let CloudWatch publish.
  const { arn: topicArn } = new sns.Topic("alarms", {}, opts);
  for (const endpoint of alarmEmails) {
    new sns.TopicSubscription(`alarms-${endpoint}`, { topic: topicArn, protocol: "email", endpoint }, opts);
  }
  return { topicArn };
}
