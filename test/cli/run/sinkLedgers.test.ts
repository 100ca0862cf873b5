/** Each sink has a ledger under a name of its own, whatever becomes of the others. */
import { IngestApi, ServingTable, StreamIngest } from "streamlake";
import { failuresOf, type LocalReport } from "../../../cli/run/report";
import { sinkLedgers } from "../../../cli/run/sinkLedgers";
import { type Sink, sinksOf } from "../../../cli/run/sinks";
import { createProgress } from "../../../cli/terminal/progress";
import { start, stopAll } from "../../local/support/start";
import { testIo } from "../support/testIo";

afterAll(stopAll);

test("sinks of one name have a ledger each, so that a broken one is a failure", async () => {
  const cloud = await start(() => {
    const stream = new StreamIngest("in");
    const orders = new ServingTable("orders", { stream });
    new IngestApi("orders", { stream, views: { orders } });
    const other = new StreamIngest("other");
    return { in: stream.streamName, other: other.streamName, otherArn: other.streamArn, table: orders.tableName };
  });
  await cloud.call("dynamodb", "PutItem", { TableName: cloud.outputs.table, Item: { _key: { S: "eve" } } });
  const io = testIo();
  const context = { cloud, io, progress: createProgress(io.stdout, io.clock, true), dataDir: cloud.dataDir };
  const ledgersOf = (sinks: readonly Sink[]) => sinkLedgers(context, sinks);
  const balances = async (sinks: readonly Sink[]) =>
    Object.fromEntries(Object.entries(await ledgersOf(sinks)).map(([name, one]) => [name, one.balanced]));

  const sinks = sinksOf(cloud.resources);
  const [view] = sinks.filter((sink) => sink.kind === "view");
  const api = sinks.filter((sink) => sink.kind === "entry");
  const broken = { "orders (ServingTable)": false, "orders (IngestApi)": true };
  expect(await balances(sinks)).toEqual(broken);
  expect(await balances([...sinks].reverse())).toEqual(broken);
  expect(await balances(api)).toEqual({ orders: true });

  const onOther = { ...view, streamArn: String(cloud.outputs.otherArn) } as Sink;
  expect(await balances([...sinks, onOther])).toEqual({
    [`orders (ServingTable, ${cloud.outputs.in})`]: false,
    [`orders (ServingTable, ${cloud.outputs.other})`]: false,
    "orders (IngestApi)": true,
  });

  const none = { records: { sent: 0 }, findings: [] };
  const nothing = {
    hookFailures: [],
    iam: { denied: [] },
    workflows: [],
    queries: [],
    warehouseQueries: [],
    dashboards: [],
    answers: [],
  };
  const report = {
    ...nothing,
    ledger: none,
    ledgers: [],
    sent: { records: 0 },
    sinks: await ledgersOf(sinks),
  };
  expect(failuresOf(report as unknown as LocalReport, 0)).toEqual([
    "ledger of orders (ServingTable): 1 × items are in the table, and no record makes them, as eve",
  ]);
});

test("a sink that cannot be read is named with the reason, and the other ledgers are there", async () => {
  const cloud = await start(() => {
    const stream = new StreamIngest("in");
    new ServingTable("orders", { stream });
    new IngestApi("api", { stream });
    return { stream: stream.streamName };
  });
  const io = testIo();
  const context = { cloud, io, progress: createProgress(io.stdout, io.clock, true), dataDir: cloud.dataDir };
  const sinks = sinksOf(cloud.resources).map((sink) => (sink.kind === "view" ? { ...sink, table: "gone" } : sink));
  const ledgers = await sinkLedgers(context, sinks);
  expect(ledgers.api).toMatchObject({ kind: "IngestApi", balanced: true, unchecked: [] });
  expect(ledgers.orders).toEqual({
    kind: "ServingTable",
    resource: "gone",
    stream: cloud.outputs.stream,
    counts: {},
    balanced: false,
    findings: [],
    unchecked: [
      {
        what: expect.stringMatching(/^ledgers that cannot be read: .*gone/),
        count: 1,
        examples: ["orders"],
      },
    ],
  });
});
