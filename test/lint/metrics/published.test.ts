/** The list of metrics has each that the library's functions and local's services publish. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { DeliveredCounts } from "../../../functions/parts/deliveredCounts";
import { RoutedCounts } from "../../../functions/parts/routedCounts";
import { ServedCounts } from "../../../functions/parts/servedCounts";
import { EVENT_COUNTS, NAMESPACES } from "../../../lint/metrics/published";
import { filesBelow, ROOT } from "../../repository/support/sourceTree";

interface Entry {
  readonly _aws?: { readonly CloudWatchMetrics: readonly object[] };
}
interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

function unlisted(...entries: Entry[]): string[] {
  const directives = entries.flatMap(({ _aws }) => (_aws?.CloudWatchMetrics ?? []) as readonly Directive[]);
  expect(directives.length).toBeGreaterThan(0);
  return directives.flatMap(({ Namespace, Dimensions, Metrics }) => {
    const [[dimension = ""] = []] = Dimensions;
    const listed = NAMESPACES[Namespace]?.metrics?.[dimension];
    if (!listed) return [`${Namespace} ${dimension}`];
    return Metrics.map(({ Name }) => Name).filter((name) => !listed.includes(name));
  });
}

test("the list has the metrics of the library's functions", () => {
  const routed = new RoutedCounts(9);
  routed.leave(1);
  expect(unlisted(routed.entry("in", 1))).toEqual([]);
  expect(unlisted(new ServedCounts().entry("view", 9, 1))).toEqual([]);
  expect(unlisted(...new DeliveredCounts().entries("delivery", 9))).toEqual([]);
});

test("the list has the metrics of the library's functions that have the function as their dimension", () => {
  const sources = ["planHours", "reconcile", "loadWarehouse"].map((name) =>
    readFileSync(path.join(ROOT, `functions/${name}.ts`), "utf8"),
  );
  const published = sources.flatMap((source) =>
    [...source.matchAll(/publish\?\.\("\w+", \{([\s\S]*?)\n? *\}\);/g)].flatMap(([, counts]) =>
      [...String(counts).matchAll(/\b([A-Z]\w+):/g)].map(([, name]) => name),
    ),
  );
  expect([...new Set(published)].sort()).toEqual([...(NAMESPACES.Streamlake?.metrics?.Function ?? [])].sort());
});

test.each([
  ["lambda", [...(NAMESPACES["AWS/Lambda"]?.metrics?.FunctionName ?? []), ...EVENT_COUNTS]],
  ["kinesis", NAMESPACES["AWS/Kinesis"]?.metrics?.StreamName ?? []],
  ["sqs", NAMESPACES["AWS/SQS"]?.metrics?.QueueName ?? []],
])("the list has the metrics that local's %s publishes", (service, listed) => {
  const sources = filesBelow("local").filter((file) => file.startsWith(`local/services/${service}/`));
  const published = sources.flatMap((file) =>
    [...readFileSync(path.join(ROOT, file), "utf8").matchAll(/publish\("([\w.]+)"/g)].map(([, name]) => name),
  );
  expect(published.length).toBeGreaterThan(2);
  expect(published.filter((name) => !listed.includes(name ?? ""))).toEqual([]);
});
