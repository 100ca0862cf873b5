/**
 * Reads metrics in the embedded metric format from the files of log groups, to which functions write directly.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import path from "node:path";
import { type Metrics, single } from "../../cloud/metrics/metrics";
import { FileTail } from "../../fileTail";

type JsonObject = Readonly<Record<string, unknown>>;

/** The time that PutLogEvents' lines begin with. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z\t/;

/** Returns a function that adds the metrics of the lines since its last call. */
export function embeddedMetrics(metrics: Metrics, dataDir: string): () => void {
  const tail = new FileTail(path.join(dataDir, "logs"), "start");
  return () => {
    for (const { line } of tail.read()) {
      if (!line.includes('"_aws"')) continue;
      const entry = parsed(line.replace(TIME, ""));
      if (entry) addEntry(metrics, entry);
    }
  };
}

/** CloudWatch ignores directives, dimensions and values that do not meet the specification. */
function addEntry(metrics: Metrics, entry: JsonObject): void {
  const { Timestamp: at, CloudWatchMetrics: directives } = isObject(entry._aws) ? entry._aws : {};
  if (typeof at !== "number") return;
  for (const { Namespace: namespace, Dimensions: sets, Metrics: wanted } of listOf(directives).filter(isObject)) {
    if (typeof namespace !== "string") continue;
    for (const set of listOf(sets).filter(Array.isArray)) {
      const dimensions = dimensionsOf(entry, set);
      if (!dimensions) continue;
      for (const { Name: name, Unit: unit } of listOf(wanted).filter(isObject)) {
        if (typeof name !== "string" || (unit !== undefined && typeof unit !== "string")) continue;
        const value = entry[name];
        for (const each of Array.isArray(value) ? value : [value]) {
          if (typeof each !== "number" || !Number.isFinite(each)) continue;
          metrics.add({ namespace, name, dimensions, values: single(each), at, ...(unit !== undefined && { unit }) });
        }
      }
    }
  }
}

function dimensionsOf(entry: JsonObject, names: readonly unknown[]): Record<string, string> | undefined {
  const dimensions: Record<string, string> = {};
  for (const name of names) {
    const value = typeof name === "string" ? entry[name] : undefined;
    if (typeof value !== "string") return undefined;
    dimensions[name as string] = value;
  }
  return dimensions;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null;
}

/** Undefined for a line that is no JSON object: an error's text may contain the word. */
function parsed(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
