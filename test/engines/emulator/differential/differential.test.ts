/** The same calls to local and to an emulator of other people: every difference is one that is known, with what AWS documents. */
import { systemClock } from "../../../../local/cloud/clock";
import type { LocalCloud } from "../../../../local/startLocal";
import { start, stopAll } from "../../../local/support/start";
import { awsClients, type Clients } from "../clients";
import { deploy } from "../deploy/deploy";
import { type Emulator, startEmulator } from "../emulator";
import { CATALOG_CALLS } from "./catalogCalls";
import { type Call, differences, type Memory, outcomeOf } from "./compare";
import { KINESIS_CALLS } from "./kinesisCalls";
import { KNOWN } from "./known";
import { MESSAGE_CALLS } from "./messageCalls";
import { differentialProgram } from "./program";
import { S3_CALLS } from "./s3Calls";
import { WORKFLOW_CALLS } from "./workflowCalls";

jest.setTimeout(120_000);

const CALLS: readonly Call[] = [...S3_CALLS, ...KINESIS_CALLS, ...CATALOG_CALLS, ...WORKFLOW_CALLS, ...MESSAGE_CALLS];
const OPTIONS = { project: "differential", config: { "aws:region": "us-east-1" }, program: differentialProgram };

let emulator: Emulator;
let cloud: LocalCloud;
let local: Clients;
const memories: readonly [Memory, Memory] = [new Map(), new Map()];

beforeAll(async () => {
  emulator = await startEmulator();
  await deploy(emulator, OPTIONS);
  cloud = await start(differentialProgram, { ...OPTIONS, clock: systemClock, workflowClock: systemClock });
  local = awsClients(cloud);
});
afterAll(async () => {
  for (const client of Object.values(local ?? {})) client.destroy();
  await stopAll();
  await emulator?.stop();
});

// In their order: some read what others wrote.
test.each(CALLS)("both answer alike, but for what is known: %s", async (name, run) => {
  const call: Call = [name, run];
  const [here, there] = await Promise.all([
    outcomeOf(call, local, memories[0]),
    outcomeOf(call, emulator.clients, memories[1]),
  ]);
  const known = KNOWN.filter(({ calls }) => calls.includes(name)).flatMap(({ lines }) => lines);
  expect(differences(here, there)).toEqual(known.sort());
});

test("every known difference is of a call here, and each call has its own name", () => {
  const names = CALLS.map(([name]) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(KNOWN.flatMap(({ calls }) => calls).filter((name) => !names.includes(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(150);
});
