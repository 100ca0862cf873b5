/** Schedules fired at once, and by the clock: what is started, waited for and told. */
import type { Clock } from "../../local/cloud/clock";
import type { SnsService } from "../../local/services/sns/service";
import type { SqsService } from "../../local/services/sqs/service";
import type { StepFunctionsService } from "../../local/services/stepFunctions/service";
import { hourly } from "./support/hourly";
import { NOW, start, stopAll, stoppedClock } from "./support/start";

afterEach(stopAll);

const AT = new Date("2026-11-20T10:10:00.000Z");

test("an hour is started once, waited for through the execution that starts it, and takes no time", async () => {
  const cloud = await start(() => hourly());
  const name = expect.stringMatching(/^every-hour-[0-9a-f]{7}$/);
  const fired = await cloud.fireSchedules(AT);
  expect(fired.map((each) => ({ ...each, executionArn: undefined }))).toEqual([
    { name: expect.stringMatching(/^[0-9a-f-]{36}$/), schedule: name, status: "SUCCEEDED" },
    { name: "hour-2026-11-20T10", schedule: name, status: "SUCCEEDED" },
  ]);
  const [topic] = (cloud.service("sns") as SnsService).topics();
  expect(topic?.messages).toEqual([
    {
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at: "2026-11-20T10:15:00.000Z",
      subject: "done",
      body: '{"hour":"2026-11-20T10"}',
    },
  ]);
  const again = await cloud.fireSchedules(AT);
  expect(again.map(({ status }) => status)).toEqual(["SUCCEEDED"]);
  expect(cloud.usage().denied).toEqual([]);
});

test("with redelivery a schedule calls its target twice, and a start that has a name is one execution", async () => {
  const cloud = await start(() => hourly(), { redeliver: true });
  const fired = await cloud.fireSchedules(AT);
  expect(fired.map(({ name, status }) => [name.replace(/^[0-9a-f-]{36}$/, "<uuid>"), status])).toEqual([
    ["<uuid>", "SUCCEEDED"],
    ["hour-2026-11-20T10", "SUCCEEDED"],
    ["<uuid>", "SUCCEEDED"],
  ]);
  const [topic] = (cloud.service("sns") as SnsService).topics();
  expect(topic?.messages.map(({ body }) => body)).toEqual(['{"hour":"2026-11-20T10"}']);
});

test("a failed execution tells its error and cause", async () => {
  const cloud = await start(() =>
    hourly({ work: { Broken: { Type: "Fail", Error: "HourBroken", Cause: "2 rows missing" } } }),
  );
  expect(await cloud.fireSchedules(AT)).toMatchObject([
    { status: "SUCCEEDED" },
    { name: "hour-2026-11-20T10", status: "FAILED", error: "HourBroken", cause: "2 rows missing" },
  ]);
});

test("a schedule whose role may not call its target fails, and the event lies in the dead-letter queue", async () => {
  const cloud = await start(() => hourly({ scheduleActions: ["states:DescribeExecution"] }));
  const [fired] = await cloud.fireSchedules(AT);
  expect(fired).toMatchObject({ status: "FAILED", error: "AccessDeniedException" });
  expect(fired?.cause).toContain("is not authorized to perform: states:StartExecution");
  const messages = (cloud.service("sqs") as SqsService).messagesOf(String(cloud.outputs.queue));
  expect(messages).toHaveLength(1);
  expect(JSON.parse(messages[0]?.body as string)).toEqual({
    StateMachineArn: cloud.outputs.machine,
    Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
  });
  expect(messages[0]?.attributes).toMatchObject({
    ERROR_CODE: { DataType: "String", StringValue: "AccessDeniedException" },
    SCHEDULED_TIME: { DataType: "String", StringValue: "2026-11-20T10:10:00Z" },
    SCHEDULE_ARN: { DataType: "String", StringValue: cloud.outputs.schedule },
  });
  expect(cloud.usage().denied).toMatchObject([{ action: "states:StartExecution" }]);
});

test("by the clock each schedule fires at its times, until the cloud stops", async () => {
  let now = NOW;
  const sleeps: number[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: async (millis, signal) => {
      // Alarms are evaluated at each full minute.
      if (millis === 60_000) return stoppedClock.sleep(millis, signal);
      sleeps.push(millis);
      if (sleeps.length > 2) return stoppedClock.sleep(millis, signal);
      now += millis;
    },
  };
  const cloud = await start(() => hourly(), { clock, workflowClock: stoppedClock });
  const fired = await new Promise<string[]>((resolve) => {
    const arns: string[] = [];
    cloud.startSchedules(({ executionArn }) => {
      if (arns.push(executionArn as string) === 2) resolve(arns);
    });
  });
  expect(fired).toHaveLength(2);
  expect(sleeps.slice(0, 2)).toEqual([55 * 60_000, 60 * 60_000]);
});

test("a start now takes no time, also while schedules fire by the clock", async () => {
  const cloud = await start(() =>
    hourly({ work: { Rest: { Type: "Wait", Seconds: 90, Next: "Done" }, Done: { Type: "Succeed" } } }),
  );
  cloud.startSchedules();
  const input = '{"hour":"2026-11-20T10"}';
  const executionArn = await cloud.startNow({ stateMachineArn: String(cloud.outputs.machine), name: "now", input });
  const execution = (cloud.service("states") as StepFunctionsService).execution(executionArn);
  await execution.ended;
  expect([execution.name, execution.status]).toEqual(["now", "SUCCEEDED"]);
  await expect(cloud.startNow({ stateMachineArn: "arn:none" })).rejects.toThrow(
    "State Machine Does Not Exist: 'arn:none'",
  );
});

test("state machines take their time once schedules fire by the clock", async () => {
  const slept: number[] = [];
  const clock: Clock = {
    now: () => NOW,
    sleep: async (millis, signal) => {
      if (millis === 60_000) return stoppedClock.sleep(millis, signal);
      slept.push(millis);
      if (millis !== 90_000) await stoppedClock.sleep(millis, signal);
    },
  };
  const cloud = await start(
    () => hourly({ work: { Rest: { Type: "Wait", Seconds: 90, Next: "Done" }, Done: { Type: "Succeed" } } }),
    { clock },
  );
  await cloud.fireSchedules(AT);
  expect(slept).toEqual([]);
  cloud.startSchedules();
  await cloud.fireSchedules(new Date("2026-11-20T11:10:00.000Z"));
  expect(slept).toEqual([55 * 60_000, 90_000]);
});
