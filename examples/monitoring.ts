/** The alarms of a whole program on one topic, and a dashboard that shows them with records, lag, errors, hours and costs. */
import { DataLake, FormatRouter, HourlyEtl, PipelineAlarms, PipelineDashboard, StreamIngest } from "streamlake";

const stream = new StreamIngest("clicks");
const lake = new DataLake("lake");
// The alarms on discarded records need the metrics of the mapping.
const router = new FormatRouter("router", { stream, lake, eventMetrics: true });
const etl = new HourlyEtl("etl", { lake });
const components = [stream, lake, router, etl];

const alarms = new PipelineAlarms("oncall", {
  components,
  emails: ["on-call@example.com"],
  change: { "router/unformatted": { threshold: 20 } },
  without: ["throttled-writes"],
});
new PipelineDashboard("overview", { components, alarms });
