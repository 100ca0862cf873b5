/** Describes the alarms and graphs of a view, in addition to those of its function on the stream. */
import type * as dynamodb from "@pulumi/aws/dynamodb";
import type { AlarmRoles } from "../parts/alarm";
import type { Graph } from "../parts/monitoring/monitoring";
import { AT_ONCE } from "../stream/alarms";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
const OF_TABLE = "AWS/DynamoDB";

/** The metrics of functions/parts/servedCounts.ts, and those of DynamoDB. */
export function viewAlarms(name: string, table: dynamodb.Table): AlarmRoles {
  const ofView = { ...AT_ONCE, namespace: "Streamlake", dimension: ["View", table.name] } as const;
  return {
    unfolded: {
      ...ofView,
      metricName: "Unfolded",
      description: `Rows are not in the items of ${name}; the function's log names a reason`,
    },
    "failed-writes": {
      ...ofView,
      metricName: "FailedWrites",
      periods: 3,
      description: `${name} cannot read or write its table, and Lambda retries its batches; check the role, the table and its key`,
    },
    "table-throttles": {
      ...AT_ONCE,
      namespace: OF_TABLE,
      dimension: ["TableName", table.name],
      metricNames: ["ReadThrottleEvents", "WriteThrottleEvents"],
      periods: 3,
      description: `DynamoDB throttles the table of ${name}; its items are late, and its readers see errors`,
    },
  };
}

export function viewGraphs(name: string, table: dynamodb.Table): Graph[] {
  const ofView = { namespace: "Streamlake", dimensions: { View: table.name }, statistic: "Sum" } as const;
  const ofTable = { namespace: OF_TABLE, dimensions: { TableName: table.name }, statistic: "Sum" } as const;
  return [
    {
      section: "flow",
      title: `${name}: folded rows, and written items`,
      unit: "rows, items",
      metrics: [
        { ...ofView, metricName: "Rows", label: "folded rows" },
        { ...ofView, metricName: "Items", label: "written items" },
        { ...ofView, metricName: "Unfolded", label: "rows that are not folded" },
      ],
    },
    {
      section: "cost",
      title: `${name}: request units of its table`,
      unit: "units",
      metrics: [
        { ...ofTable, metricName: "ConsumedReadCapacityUnits", label: "read" },
        { ...ofTable, metricName: "ConsumedWriteCapacityUnits", label: "write" },
      ],
    },
  ];
}
