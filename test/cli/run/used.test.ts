import { type Calls, type Used, usedBy, usedLines } from "../../../cli/run/used";
import type { LocalCloud } from "../../../local/startLocal";

const FUNCTIONS = [
  { name: "router", memoryMebibytes: 1024, calls: 3, millis: 1500 },
  { name: "plan", memoryMebibytes: 512, calls: 1, millis: 1000 },
  { name: "idle", memoryMebibytes: 512, calls: 0, millis: 0 },
];
const events = (...types: string[]) => ({
  stateMachineArn: "arn:etl",
  history: { events: types.map((type) => ({ type })) },
});

/** The handles of a cloud that are read. */
const cloud = {
  service: (name: string) =>
    name === "lambda"
      ? { calls: () => FUNCTIONS }
      : {
          executions: () => [
            events("ExecutionStarted", "PassStateEntered", "PassStateExited", "TaskStateEntered"),
            events("ExecutionStarted", "ChoiceStateEntered"),
          ],
        },
  calls: () => ({
    "s3:PutObject": 30,
    "s3:ListBucket": 10,
    "s3:GetObject": 50,
    "s3:DeleteObject": 9,
    "athena:StartQueryExecution": 2,
  }),
} as unknown as LocalCloud;

const NONE: Calls = { byAction: {}, functions: [] };
const NO_CHECKS = [NONE, NONE] as const;
const sent = { records: 1000, byFormat: {}, malformed: 0, bytes: 812_400, redriven: 0 };

test("a run's calls, requests, transitions and queries have AWS's price", () => {
  // 4 × 0.2e-6 + 40 × 5e-6 + 50 × 0.4e-6 + 3 × 25e-6 + 2 queries × 10 MB / 1,048,576 × 5
  const { usd, ...counts } = usedBy(cloud, sent, NO_CHECKS);
  expect(counts).toEqual({
    records: 1000,
    recordBytes: 812,
    functions: [FUNCTIONS[1], FUNCTIONS[0]],
    s3: { puts: 40, gets: 50 },
    transitions: 3,
    stateMachines: 1,
    queries: 2,
  });
  expect(usd).toBeCloseTo(0.0000008 + 0.0002 + 0.00002 + 0.000075 + 0.0000953674, 10);
});

test("the calls of the run's own checks do not count", () => {
  const [, plan] = FUNCTIONS;
  const before = { byAction: { "s3:GetObject": 20 }, functions: [{ ...plan, calls: 0, millis: 0 }] } as Calls;
  const after = { byAction: { "s3:GetObject": 45, "s3:PutObject": 4 }, functions: [plan] } as Calls;
  const { functions, s3 } = usedBy(cloud, sent, [before, after]);
  expect({ functions, s3 }).toEqual({ functions: [FUNCTIONS[0]], s3: { puts: 36, gets: 25 } });
});

test("the lines end with the estimate of a month for records of this size", () => {
  expect(usedLines(usedBy(cloud, sent, NO_CHECKS))).toEqual([
    "  1,000 records of 812 B; 4 calls of functions, 2.0 GB-s on this machine; 40 PUT and 50 GET requests to S3; 3 state transitions, 2 queries",
    "  at least $0.0004 for calls, requests, transitions and queries; a month: streamlake cost --record-bytes 812 --transitions 3",
  ]);
});

test("transitions of several state machines are not those of the hourly step", () => {
  const lines = usedLines({ ...usedBy(cloud, sent, NO_CHECKS), stateMachines: 2 });
  expect(lines[1]).toMatch(/; a month: streamlake cost --record-bytes 812$/);
});

test("without records and workflows, nothing is said of their size and number", () => {
  const used: Used = {
    records: 0,
    recordBytes: 0,
    functions: [],
    s3: { puts: 0, gets: 0 },
    transitions: 0,
    stateMachines: 0,
    queries: 1,
    usd: 0.0004,
  };
  expect(usedLines(used)[1]).toBe(
    "  at least $0.0004 for calls, requests, transitions and queries; a month: streamlake cost",
  );
});
