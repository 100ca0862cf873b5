/** Describes the graphs of a router's own metrics: rows, unformatted records by reason and format, and written objects. */
import { DEFAULT_FORMATS, enabledFormats } from "../../lake/formats";
import { REASONS } from "../../lake/reasons";
import type { OnStream } from "../existing/stream";
import type { Graph, GraphMetric } from "../parts/monitoring/monitoring";
import type { FormatRouterArgs } from "./args";

/** The metrics of functions/parts/routedCounts.ts. */
export function routerGraphs(name: string, args: OnStream<FormatRouterArgs>): Graph[] {
  const ofRouter = {
    namespace: "Streamlake",
    dimensions: { Stream: args.stream.streamName },
    statistic: "Sum",
  } as const;
  const count = (metricName: string, label: string): GraphMetric => ({ ...ofRouter, metricName, label });
  return [
    {
      section: "flow",
      title: `${name}: routed records, and what they become`,
      unit: "records, rows",
      metrics: [
        count("Records", "routed records"),
        count("Rows", "rows in the lake"),
        count("Unformatted", "unformatted"),
      ],
    },
    {
      section: "errors",
      title: `${name}: unformatted records by reason and format`,
      unit: "records",
      metrics: unformattedNames(args).map((each) => count(`Unformatted.${each}`, each)),
      stacked: true,
    },
    {
      section: "errors",
      title: `${name}: failed writes`,
      unit: "objects",
      metrics: [count("FailedWrites", "failed writes")],
    },
    {
      section: "cost",
      title: `${name}: PUT requests to the lake`,
      unit: "requests",
      metrics: [count("Objects", "objects written")],
    },
  ];
}

/** Reason and format of each record that may be unformatted; a record that no format takes has the format `unknown`. */
function unformattedNames({ formats = DEFAULT_FORMATS }: FormatRouterArgs): string[] {
  const names = [...enabledFormats(formats), "unknown"];
  return REASONS.flatMap((reason) => names.map((format) => `${reason}.${format}`));
}
