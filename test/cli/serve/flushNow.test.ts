/** A flush in the serving process: deliveries first, then every hourly state machine, one flush after the other. */
import { createFlush } from "../../../cli/serve/flushNow";
import type { LocalCloud } from "../../../local/startLocal";

const resource = (type: string, urn: string, id: string, parent?: string) => ({
  type,
  urn,
  id,
  name: urn,
  inputs: {},
  outputs: {},
  simulated: id !== "",
  ...(parent !== undefined && { parent }),
});
const MACHINE = "aws:sfn/stateMachine:StateMachine";
const HOURLY = [
  resource("streamlake:index:HourlyEtl", "urn:etl", ""),
  resource(MACHINE, "urn:machine", "arn:hourly", "urn:etl"),
  resource("streamlake:index:Replay", "urn:replay", ""),
  resource(MACHINE, "urn:other", "arn:replay", "urn:replay"),
];

interface Script {
  readonly resources?: LocalCloud["resources"];
  readonly drain?: () => Promise<void>;
  readonly isSlow?: boolean;
}

function flushOf({ resources = HOURLY, drain = async () => {}, isSlow = false }: Script = {}) {
  const calls: string[] = [];
  const cloud = {
    resources,
    drain: () => {
      calls.push("drain");
      return drain();
    },
    startNow: async ({ stateMachineArn, name, input }: { stateMachineArn: string; name?: string; input?: string }) => {
      calls.push(`start ${stateMachineArn} ${name?.replace(String(process.pid), "<pid>")} ${input}`);
      return `execution:${name}`;
    },
    call: async (_service: string, operation: string) => {
      calls.push(operation);
      if (operation === "DescribeExecution") return { status: "SUCCEEDED", output: '{"result":"flattened"}' };
      const Payload = { hour: "2026-11-20T10", tables: [{ table: "orders", rows: 5 }] };
      return { events: [{ taskSucceededEventDetails: { output: JSON.stringify({ Payload }) } }] };
    },
  } as unknown as LocalCloud;
  const clock = {
    now: () => Date.parse("2026-11-20T10:30:00.000Z"),
    sleep: (_millis: number, signal?: AbortSignal) =>
      isSlow
        ? Promise.resolve()
        : new Promise<void>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  };
  return { calls, flush: createFlush(cloud, { clock, signal: new AbortController().signal }) };
}

const flushed = [{ hour: "2026-11-20T10", table: "orders", rows: 5 }];

test("delivers first, and starts the hourly state machine alone, for the current hour", async () => {
  const { calls, flush } = flushOf();
  expect(await flush()).toEqual({ flushed, isBehind: false });
  expect(calls).toEqual([
    "drain",
    'start arn:hourly flush-2026-11-20T10-<pid>-1 {"hour":"2026-11-20T10"}',
    "DescribeExecution",
    "GetExecutionHistory",
  ]);
});

test("flushes that are asked for at once run after each other", async () => {
  const { calls, flush } = flushOf();
  await Promise.all([flush(), flush()]);
  expect(calls.filter((call) => /^(drain|start)/.test(call)).map((call) => call.split(" ")[2] ?? call)).toEqual([
    "drain",
    "flush-2026-11-20T10-<pid>-1",
    "drain",
    "flush-2026-11-20T10-<pid>-2",
  ]);
});

test("a producer that never pauses does not stop a flush; it tells that records are left", async () => {
  const { flush } = flushOf({ drain: () => new Promise(() => {}), isSlow: true });
  expect(await flush()).toEqual({ flushed, isBehind: true });
});

test("a program without an hourly step is refused, and a later flush is not held up by it", async () => {
  const { flush } = flushOf({ resources: [] });
  const message = "streamlake flush: the program declares no HourlyEtl, so nothing flattens its rows";
  await expect(flush()).rejects.toThrow(expect.objectContaining({ message }));
  await expect(flush()).rejects.toThrow(expect.objectContaining({ message }));
});

test("a mapping that cannot deliver fails the flush with its reason", async () => {
  const { flush, calls } = flushOf({ drain: () => Promise.reject(new Error("local/lambda: denied")) });
  await expect(flush()).rejects.toThrow("local/lambda: denied");
  expect(calls).toEqual(["drain"]);
});
