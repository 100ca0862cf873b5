/** Reads the metrics that alarms and dashboards watch. */
import { type Declaration, listOf, objectOf, type Program } from "../program";
import { ALARM } from "../rules/types";

const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";

export interface WatchedMetric {
  readonly by: Declaration;
  /** The input of `by` that names the metric. */
  readonly input: string;
  /** For messages: `it`, `the widget "Lag"`. */
  readonly who: string;
  readonly namespace: string;
  readonly name: string;
  /** A value that only AWS knows is no string. */
  readonly dimensions: Readonly<Record<string, unknown>>;
}

export function watchedMetrics(program: Program): WatchedMetric[] {
  return [...program.all(ALARM).flatMap(ofAlarm), ...program.all(DASHBOARD).flatMap(ofDashboard)];
}

function ofAlarm(by: Declaration): WatchedMetric[] {
  const queries = listOf(by.inputs.metricQueries)
    // A metric of another account is not of this program.
    .filter(({ accountId }) => accountId === undefined || accountId === null)
    .flatMap(({ metric }) => metricOf({ by, input: "metricQueries", who: "it" }, objectOf(metric)));
  return [...metricOf({ by, input: "dimensions", who: "it" }, by.inputs), ...queries];
}

type From = Pick<WatchedMetric, "by" | "input" | "who">;

function metricOf(
  from: From,
  { namespace, metricName, dimensions }: Readonly<Record<string, unknown>>,
): WatchedMetric[] {
  if (typeof namespace !== "string" || typeof metricName !== "string") return [];
  // Dimensions that are unknown as a whole are not judged.
  const isKnown = dimensions === undefined || dimensions === null || typeof dimensions === "object";
  return isKnown ? [{ ...from, namespace, name: metricName, dimensions: objectOf(dimensions) }] : [];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
function ofDashboard(by: Declaration): WatchedMetric[] {
  return widgetsOf(by.inputs.dashboardBody).flatMap(({ properties }) => {
    const { title, metrics } = objectOf(properties);
    const who = typeof title === "string" ? `the widget "${title}"` : "a widget";
    return rowsOf(metrics).flatMap((row) => metricOfRow({ by, input: "dashboardBody", who }, row));
  });
}

function widgetsOf(body: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof body !== "string") return [];
  try {
    return listOf(objectOf(JSON.parse(body)).widgets);
  } catch {
    return []; // CloudWatch refuses a body that is no JSON
  }
}

/** Rows of a metrics array with `.` and `...` replaced by what the row before has at that place. */
function rowsOf(metrics: unknown): unknown[][] {
  const rows: unknown[][] = [];
  for (const given of Array.isArray(metrics) ? metrics : []) {
    if (!Array.isArray(given)) continue;
    const before = rows.at(-1) ?? [];
    const own = given.filter((part) => typeof part === "string");
    const rest = own.indexOf("...");
    const spread =
      rest < 0 ? own : [...before.slice(rest, before.length - (own.length - rest - 1)), ...own.slice(rest + 1)];
    const whole = rest < 0 ? spread : [...own.slice(0, rest), ...spread];
    const row = whole.map((part, at) => (part === "." ? before[at] : part));
    const options = objectOf(given.find((part) => typeof part === "object"));
    // An expression has options alone.
    if (row.length >= 2 && options.accountId === undefined) rows.push(row);
  }
  return rows;
}

function metricOfRow(from: From, [namespace, metricName, ...rest]: unknown[]): WatchedMetric[] {
  const dimensions: Record<string, unknown> = {};
  for (let at = 0; at + 1 < rest.length; at += 2) dimensions[String(rest[at])] = rest[at + 1];
  return metricOf(from, { namespace, metricName, dimensions });
}
