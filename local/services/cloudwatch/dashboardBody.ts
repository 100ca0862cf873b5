/** Checks the body of a dashboard as CloudWatch does, and names each problem with its path. */

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DashboardValidationMessage.html */
export interface ValidationMessage {
  readonly DataPath: string;
  readonly Message: string;
}

type Json = Readonly<Record<string, unknown>>;
type Note = (path: string, message: string) => void;

const MAX_WIDGETS = 500;
const COLUMNS = 24;
const MAX_HEIGHT = 1000;
/** CloudWatch service quotas: metrics of a graph, and of all graphs of a dashboard. */
const MAX_METRICS = 500;
const MAX_ALL_METRICS = 2500;
const MAX_ALARMS = 100;
const TYPES = ["alarm", "chart", "custom", "explorer", "log", "metric", "text"];

/**
 * The structure of https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html: the
 * place of each widget, and the properties of metric, text and alarm widgets. Those of other types are not checked.
 */
export function dashboardProblems(body: unknown): ValidationMessage[] {
  const messages: ValidationMessage[] = [];
  const note: Note = (DataPath, Message) => void messages.push({ DataPath, Message });
  const dashboard = parsed(body);
  if (!dashboard) {
    note("", "Should be a valid JSON object");
    return messages;
  }
  const { widgets } = dashboard;
  if (!Array.isArray(widgets)) {
    note("", 'Should have property "widgets", an array');
    return messages;
  }
  if (widgets.length > MAX_WIDGETS) note("/widgets", `Should NOT have more than ${MAX_WIDGETS} items`);
  for (const [index, widget] of widgets.entries()) checkWidget(`/widgets/${index}`, widget, note);
  const metrics = widgets.reduce(
    (sum: number, widget) => sum + listOf(objectOf(objectOf(widget).properties).metrics).length,
    0,
  );
  if (metrics > MAX_ALL_METRICS) note("/widgets", `Should NOT have more than ${MAX_ALL_METRICS} metrics`);
  return messages;
}

function checkWidget(path: string, widget: unknown, note: Note): void {
  const { type, x, y, width = 6, height = 6, properties } = objectOf(widget);
  if (!TYPES.includes(type as string)) note(`${path}/type`, `Should be one of ${TYPES.join(", ")}`);
  const bounded = (name: string, value: unknown, min: number, max: number) => {
    if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) {
      note(`${path}/${name}`, `Should be an integer from ${min} to ${max}`);
    }
  };
  if ((x === undefined) !== (y === undefined)) note(path, "Should have x and y together");
  if (x !== undefined) bounded("x", x, 0, COLUMNS - 1);
  if (y !== undefined) bounded("y", y, 0, Number.MAX_SAFE_INTEGER);
  bounded("width", width, 1, COLUMNS);
  bounded("height", height, 1, MAX_HEIGHT);
  const own = objectOf(properties);
  if (type === "metric") checkMetrics(`${path}/properties`, own, note);
  if (type === "text" && typeof own.markdown !== "string") {
    note(`${path}/properties`, 'Should have property "markdown", a string');
  }
  if (type === "alarm") {
    const alarms = listOf(own.alarms);
    if (alarms.length === 0 || alarms.length > MAX_ALARMS) {
      note(`${path}/properties/alarms`, `Should have 1 to ${MAX_ALARMS} items`);
    }
    for (const [index, alarm] of alarms.entries()) {
      if (!/^arn:[^:]+:cloudwatch:[^:]+:\d+:alarm:./.test(String(alarm))) {
        note(`${path}/properties/alarms/${index}`, "Should be the ARN of an alarm");
      }
    }
  }
}

function checkMetrics(path: string, { region, metrics, annotations, period }: Json, note: Note): void {
  if (typeof region !== "string") note(path, 'Should have property "region", a string');
  if (metrics === undefined && annotations === undefined) note(path, 'Should have property "metrics" or "annotations"');
  if (metrics !== undefined && !Array.isArray(metrics)) note(`${path}/metrics`, "Should be an array");
  if (listOf(metrics).length > MAX_METRICS) note(`${path}/metrics`, `Should NOT have more than ${MAX_METRICS} items`);
  if (
    period !== undefined &&
    (!Number.isInteger(period) || ((period as number) % 60 !== 0 && ![1, 5, 10, 30].includes(period as number)))
  ) {
    note(`${path}/period`, "Should be 1, 5, 10, 30 or a multiple of 60");
  }
  for (const [index, metric] of listOf(metrics).entries()) {
    const problem = metricProblem(metric);
    if (problem) note(`${path}/metrics/${index}`, problem);
  }
}

/** `[namespace, name, dimension, value, …, { options }]`, or `[{ expression }]`. */
function metricProblem(metric: unknown): string | undefined {
  if (!Array.isArray(metric)) return "Should be an array";
  const last = metric.at(-1);
  const names = isObject(last) ? metric.slice(0, -1) : metric;
  if (names.length === 0)
    return isObject(last) && "expression" in last ? undefined : "Should have a namespace and a name";
  if (names.some((each) => typeof each !== "string")) return "Should be strings, and options at the end";
  if (names.length < 2) return "Should have a namespace and a name";
  return names.length % 2 === 0 ? undefined : "Should have a value for each dimension";
}

function parsed(body: unknown): Json | undefined {
  try {
    const value: unknown = JSON.parse(String(body));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // JSON.parse throws SyntaxError only; the caller reports it
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
