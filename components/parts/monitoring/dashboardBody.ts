/**
 * Composes the body of a CloudWatch dashboard: a header with links, the alarms, and the graphs by section.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
import type { Unwrap } from "@pulumi/pulumi";
import { arnParts } from "../arn";
import { consoleOf } from "../consoles";
import { type Graph, type Link, SECTIONS } from "./monitoring";

/** Everything that a dashboard shows, with known values. */
export interface DashboardParts {
  /** ARN of a resource, for the partition and the Region. */
  readonly arn: string;
  readonly graphs: readonly Unwrap<Graph>[];
  readonly links: readonly Unwrap<Link>[];
  readonly alarmArns: readonly string[];
  /** The time that the dashboard shows when it is opened. */
  readonly hours: number;
}

interface Widget {
  readonly type: "alarm" | "metric" | "text";
  readonly width: number;
  readonly height: number;
  readonly properties: object;
}

const COLUMNS = 24;
const GRAPH = { width: 8, height: 6 } as const;
/** A period of the hourly step, and of what is charged, shows its sums in full hours. */
const PERIOD_SECONDS = { flow: 300, lag: 300, errors: 300, hours: 3600, cost: 3600 } as const;
/** Of one widget. */
const MAX_ALARMS = 100;
const ALARMS_PER_ROW = 4;

export function dashboardBody(name: string, parts: DashboardParts): string {
  const place = arnParts(parts.arn);
  const widgets = [
    header(name, consoleOf(place), parts.links),
    ...alarmWidgets(parts.alarmArns),
    ...(Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).flatMap((section) => {
      const graphs = parts.graphs.filter((graph) => graph.section === section);
      if (graphs.length === 0) return [];
      return [text(`## ${SECTIONS[section]}`, 1), ...graphs.map((graph) => graphWidget(graph, place.region))];
    }),
  ];
  return JSON.stringify({ start: `-PT${parts.hours}H`, periodOverride: "inherit", widgets: placed(widgets) });
}

/** Puts widgets beside each other while a row has room. */
function placed(widgets: readonly Widget[]): object[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return widgets.map(({ type, width, height, properties }) => {
    if (x + width > COLUMNS) {
      y += rowHeight;
      [x, rowHeight] = [0, 0];
    }
    const widget = { type, x, y, width, height, properties };
    x += width;
    rowHeight = Math.max(rowHeight, height);
    return widget;
  });
}

function header(name: string, console: string, links: readonly Unwrap<Link>[]): Widget {
  const lines = [
    `# ${name}`,
    "Declared by Pulumi: the next update takes back changes that are made in the console.",
    ...linksLine(
      "Workflows",
      links.filter((link) => "stateMachineArn" in link),
      console,
    ),
    ...linksLine(
      "Logs",
      links.filter((link) => "logGroup" in link),
      console,
    ),
  ];
  return text(lines.join("\n\n"), 2 + lines.length);
}

function linksLine(title: string, links: readonly Unwrap<Link>[], console: string): string[] {
  if (links.length === 0) return [];
  const address = (link: Unwrap<Link>) =>
    "logGroup" in link
      ? `${console}cloudwatch/home#logsV2:log-groups/log-group/${escaped(link.logGroup)}`
      : `${console}states/home#/statemachines/view/${link.stateMachineArn}`;
  return [`${title}: ${links.map((link) => `[${link.label}](${address(link)})`).join(" · ")}`];
}

/** The console encodes names in the fragment twice, with "$" in place of "%". */
function escaped(logGroup: string): string {
  return encodeURIComponent(encodeURIComponent(logGroup)).replaceAll("%", "$");
}

function alarmWidgets(alarmArns: readonly string[]): Widget[] {
  const widgets: Widget[] = [];
  for (let from = 0; from < alarmArns.length; from += MAX_ALARMS) {
    const alarms = alarmArns.slice(from, from + MAX_ALARMS);
    const height = 2 + Math.ceil(alarms.length / ALARMS_PER_ROW);
    widgets.push({ type: "alarm", width: COLUMNS, height, properties: { title: "Alarms", alarms } });
  }
  return widgets;
}

function graphWidget({ section, title, unit, metrics, stacked = false }: Unwrap<Graph>, region: string): Widget {
  const properties = {
    title,
    view: "timeSeries",
    stacked,
    region,
    period: PERIOD_SECONDS[section],
    metrics: metrics.map(({ namespace, metricName, dimensions, statistic, label }) => [
      namespace,
      metricName,
      ...Object.entries(dimensions).flat(),
      { stat: statistic, label },
    ]),
    yAxis: { left: { min: 0, label: unit, showUnits: false } },
  };
  return { type: "metric", ...GRAPH, properties };
}

function text(markdown: string, height: number): Widget {
  return { type: "text", width: COLUMNS, height, properties: { markdown } };
}
