/** State machines and schedules through the provider: executions keep the definition that they began with, schedules fire as they are now. */
import type { Clock } from "../../../../local/cloud/clock";
import { makeRole, type ProviderWorld, providerWorld } from "../../support/provider/world";
import { NOW } from "../../support/start";

const MACHINE = "aws:sfn/stateMachine:StateMachine";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
const GROUP = "aws:scheduler/scheduleGroup:ScheduleGroup";
const ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
const UNIVERSAL = "arn:aws:scheduler:::aws-sdk:sfn:startExecution";

/** A clock that stands, and lets everyone who sleeps go when it is told to. */
class HeldClock implements Clock {
  private readonly sleepers = new Set<() => void>();
  now = () => NOW;
  sleep = (_millis: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const wake = () => {
        this.sleepers.delete(wake);
        resolve();
      };
      this.sleepers.add(wake);
      signal?.addEventListener("abort", () => {
        this.sleepers.delete(wake);
        reject(signal.reason);
      });
    });

  get sleeping(): number {
    return this.sleepers.size;
  }

  async letGo(): Promise<void> {
    for (const wake of [...this.sleepers]) wake();
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

let world: ProviderWorld;
let workflowClock: HeldClock;
let clock: HeldClock;
let role: string;
beforeEach(async () => {
  workflowClock = new HeldClock();
  clock = new HeldClock();
  world = await providerWorld({ workflowClock, clock });
  role = await makeRole(
    world,
    "r",
    ["states.amazonaws.com", "scheduler.amazonaws.com"],
    [{ Effect: "Allow", Action: "states:StartExecution", Resource: ARN }],
  );
});
afterEach(() => world.close());

const machine = (Output: string, more: object = {}) => ({
  name: "m",
  roleArn: role,
  definition: JSON.stringify({
    QueryLanguage: "JSONata",
    StartAt: "Wait",
    States: { Wait: { Type: "Wait", Seconds: 60, Next: "Say" }, Say: { Type: "Pass", Output, End: true } },
  }),
  ...more,
});

const startOne = async (name: string) =>
  (await world.call<{ executionArn: string }>("states", "StartExecution", { stateMachineArn: ARN, name })).executionArn;
const describeOne = (executionArn: string) => world.call("states", "DescribeExecution", { executionArn });

describe("a state machine", () => {
  test("that is changed starts the new definition; what is running ends the old one", async () => {
    const { outputs } = await world.make(MACHINE, "m", machine("old"));
    const before = await startOne("before");
    expect(await world.provider.update(MACHINE, ARN, machine("new"))).toMatchObject({
      creationDate: outputs.creationDate,
      arn: ARN,
    });
    const after = await startOne("after");
    await workflowClock.letGo();
    expect(await describeOne(before)).toMatchObject({ status: "SUCCEEDED", output: '"old"' });
    expect(await describeOne(after)).toMatchObject({ status: "SUCCEEDED", output: '"new"' });
  });

  test.each([
    ["a definition that is none", { definition: "{}" }, "QueryLanguage"],
    ["a role that is not there", { roleArn: "arn:aws:iam::000000000000:role/none" }, "cannot be found"],
  ])("stays as it is when it is changed to %s", async (_case, more, message) => {
    await world.make(MACHINE, "m", machine("old"));
    await expect(world.provider.update(MACHINE, ARN, machine("new", more))).rejects.toThrow(message);
    expect(await world.call("states", "DescribeStateMachine", { stateMachineArn: ARN })).toMatchObject({
      definition: machine("old").definition,
      roleArn: role,
    });
  });

  test("that is deleted ends its executions; names of machine and executions are free", async () => {
    await world.make(MACHINE, "m", machine("old"));
    const running = await startOne("one");
    await world.provider.delete(MACHINE, ARN);
    expect(workflowClock.sleeping).toBe(0);
    await expect(describeOne(running)).rejects.toMatchObject({ code: "ExecutionDoesNotExist" });
    await expect(startOne("one")).rejects.toMatchObject({ code: "StateMachineDoesNotExist" });
    await world.make(MACHINE, "m", machine("new"));
    const again = await startOne("one");
    await workflowClock.letGo();
    expect(await describeOne(again)).toMatchObject({ status: "SUCCEEDED", output: '"new"' });
  });
});

describe("a schedule", () => {
  const AT = new Date("2026-11-20T11:10:00.000Z");
  const schedule = (Name: string, more: object = {}) => ({
    name: "s",
    scheduleExpression: "rate(1 hour)",
    target: { arn: UNIVERSAL, roleArn: role, input: JSON.stringify({ StateMachineArn: ARN, Name }) },
    ...more,
  });
  const fired = async () => {
    const firing = world.cloud.fireSchedules(AT);
    await workflowClock.letGo();
    await workflowClock.letGo();
    return (await firing).map(({ name }) => name);
  };

  beforeEach(() => world.make(MACHINE, "m", machine("x")));

  test("fires what it is changed to, not while it is disabled, and no more once it is deleted", async () => {
    const { id } = await world.make(SCHEDULE, "s", schedule("one"));
    expect(await fired()).toEqual(["one"]);
    await world.provider.update(SCHEDULE, id, schedule("two"));
    expect(await fired()).toEqual(["two"]);
    await world.provider.update(SCHEDULE, id, schedule("three", { state: "DISABLED" }));
    expect(await fired()).toEqual([]);
    await world.provider.update(SCHEDULE, id, schedule("four"));
    expect(await fired()).toEqual(["four"]);
    await world.provider.delete(SCHEDULE, id);
    expect(await fired()).toEqual([]);
    await world.make(SCHEDULE, "s", schedule("five"));
  });

  test("by the clock: made, changed and deleted while the others fire", async () => {
    const said: string[] = [];
    world.cloud.startSchedules(({ schedule: name }) => said.push(name));
    // The evaluation of alarms sleeps, too.
    const others = clock.sleeping;
    const { id } = await world.make(SCHEDULE, "s", schedule("<aws.scheduler.execution-id>"));
    expect(clock.sleeping).toBe(others + 1);
    await clock.letGo();
    expect(said).toEqual(["s"]);
    await world.provider.update(
      SCHEDULE,
      id,
      schedule("<aws.scheduler.execution-id>", { scheduleExpression: "rate(2 hours)" }),
    );
    expect(clock.sleeping).toBe(others + 1);
    await clock.letGo();
    expect(said).toEqual(["s", "s"]);
    await world.provider.update(SCHEDULE, id, schedule("x", { state: "DISABLED" }));
    expect(clock.sleeping).toBe(others);
    await world.provider.update(SCHEDULE, id, schedule("<aws.scheduler.execution-id>"));
    expect(clock.sleeping).toBe(others + 1);
    await world.provider.delete(SCHEDULE, id);
    expect(clock.sleeping).toBe(others);
  });

  test("that is changed to what is refused stays as it is", async () => {
    const { id } = await world.make(SCHEDULE, "s", schedule("one"));
    await expect(world.provider.update(SCHEDULE, id, schedule("two", { scheduleExpression: "at(1)" }))).rejects.toThrow(
      'local: resource "s" (aws:scheduler/schedule:Schedule)',
    );
    expect(await fired()).toEqual(["one"]);
  });

  test("goes with its group, and needs one that is there", async () => {
    await expect(world.make(SCHEDULE, "s", schedule("one", { groupName: "g" }))).rejects.toMatchObject({
      cause: { code: "ResourceNotFoundException", message: "Schedule group g does not exist." },
    });
    const group = await world.make(GROUP, "g", { name: "g" });
    await expect(world.make(GROUP, "h", { name: "g" })).rejects.toThrow("Schedule group g already exists.");
    const { id } = await world.make(SCHEDULE, "s", schedule("one", { groupName: "g" }));
    expect(await world.provider.update(GROUP, group.id, { name: "g", tags: { a: "b" } })).toMatchObject({
      state: "ACTIVE",
    });
    await world.provider.delete(GROUP, group.id);
    expect(await fired()).toEqual([]);
    await world.provider.delete(SCHEDULE, id);
  });
});
