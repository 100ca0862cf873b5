/**
 * Reads metrics in the embedded metric format from the files of log groups, to which functions write directly.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import path from "node:path";
import { type Metrics, single } from "../../cloud/metrics/metrics";
import { FileTail } from "../../fileTail";

interface Directive {
  readonly Namespace?: unknown;
  readonly Dimensions?: unknown;
  readonly Metrics?: unknown;
}

interface Entry {
  readonly _aws?: { readonly Timestamp?: unknown; readonly CloudWatchMetrics?: unknown };
  readonly [member: string]: unknown;
}

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
function addEntry(metrics: Metrics, entry: Entry): void {
  const { Timestamp: at, CloudWatchMetrics: directives } = entry._aws ?? {};
  if (typeof at !== "number") return;
  for (const { Namespace: namespace, Dimensions: sets, Metrics: wanted } of listOf<Directive>(directives)) {
    if (typeof namespace !== "string") continue;
    for (const set of listOf<readonly string[]>(sets)) {
      const dimensions = dimensionsOf(entry, listOf(set));
      if (!dimensions) continue;
      for (const { Name: name, Unit: unit } of listOf<{ Name: string; Unit?: string }>(wanted)) {
        const value = entry[name];
        for (const each of Array.isArray(value) ? value : [value]) {
          if (typeof each !== "number" || !Number.isFinite(each)) continue;
          metrics.add({ namespace, name, dimensions, values: single(each), at, ...(unit !== undefined && { unit }) });
        }
      }
    }
  }
}

function dimensionsOf(entry: Entry, names: readonly unknown[]): Record<string, string> | undefined {
  const values = names.map((name) => [String(name), entry[String(name)]] as const);
  return values.every(([, value]) => typeof value === "string")
    ? (Object.fromEntries(values) as Record<string, string>)
    : undefined;
}

function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : [];
}

/** Undefined for a line that is no JSON object: an error's text may contain the word. */
function parsed(line: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Entry) : undefined;
  } catch {
    return undefined;
  }
}
