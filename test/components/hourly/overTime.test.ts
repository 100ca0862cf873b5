/** The hourly workflow over time: executions that overlap, end early, fail and follow each other, on one clock. */
import { addHours, startOf } from "../../../lake/hour";
import { HourlyModel, MINUTE, type ModelOptions, parquetSamples } from "../support/hourly/hourlyModel";
import { schedule, troubled } from "../support/hourly/trouble";

const SEEDS = Number(process.env.STREAMLAKE_HOURLY_SEEDS ?? 120);
const FIRST_SEED = Number(process.env.STREAMLAKE_HOURLY_SEED ?? 1);
const FIRST = "2026-11-20T00";

let samples: ReadonlyMap<number, Buffer>;
beforeAll(async () => {
  samples = await parquetSamples();
});

const QUIET: ModelOptions = {
  startMillis: startOf(FIRST),
  random: () => 0.5,
  lookbackHours: 168,
  concurrentJobs: 3,
  hoursPerPass: 48,
  handOverEvents: 3_000,
  hasCrawler: true,
  jobMillis: () => 3 * MINUTE,
};

test("a backlog of 168 hours is done by one execution at a time, in at most 1.2 times the ideal time", async () => {
  const last = addHours(FIRST, 167);
  const startMillis = startOf(addHours(last, 1)) + 10 * MINUTE;
  const model = await HourlyModel.open({ ...QUIET, startMillis }, samples);
  for (let back = 0; back < 168; back += 1) model.land(addHours(FIRST, back), 3);
  await schedule(model, 4);
  await model.clock.run();
  model.checkEnd();
  expect(model.problems).toEqual([]);
  expect(model.runs).toHaveLength(168);
  const idealMillis = (168 / 3) * 3 * MINUTE;
  expect((model.lastRunMillis - startMillis) / idealMillis).toBeLessThan(1.2);
  expect(model.executions().filter(({ status }) => status !== "SUCCEEDED")).toEqual([]);
});

test("a start for an hour that is done ends as nothing to do; a start while another works is left to that one", async () => {
  const model = await HourlyModel.open({ ...QUIET, startMillis: startOf(addHours(FIRST, 1)) + 10 * MINUTE }, samples);
  model.land(FIRST, 3);
  model.start({});
  await model.clock.run(model.clock.now() + MINUTE);
  model.start({});
  await model.clock.run();
  model.start({ hour: FIRST });
  await model.clock.run();
  const outputs = model.executions().map(({ end }) => end?.status === "SUCCEEDED" && end.output);
  expect(outputs).toEqual([
    { hour: FIRST, result: "flattened", hours: 1 },
    {
      hour: FIRST,
      result: "left to the execution that flattens hours now",
      execution: model.executions()[0]?.arn,
    },
    { hour: FIRST, result: "nothing to do", hours: 0 },
  ]);
  expect(model.runs).toEqual([FIRST]);
});

test("an hour that another execution asks for while the last hours are flattened is flattened before the lease is free", async () => {
  const startMillis = startOf(addHours(FIRST, 1)) + 10 * MINUTE;
  const model = await HourlyModel.open({ ...QUIET, startMillis, jobMillis: () => 30 * MINUTE }, samples);
  model.land(FIRST, 3);
  model.start({ hour: FIRST });
  await model.clock.run(startMillis + 20 * MINUTE);
  model.land(addHours(FIRST, 1), 2);
  model.start({ hour: addHours(FIRST, 1) });
  await model.clock.run();
  model.checkEnd();
  expect(model.problems).toEqual([]);
  expect(model.runs).toEqual([FIRST, addHours(FIRST, 1)]);
  expect(model.executions().map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
});

test("an execution that dies between its last seal and its crawl leaves the crawl to the next one", async () => {
  const startMillis = startOf(addHours(FIRST, 1)) + 10 * MINUTE;
  const model = await HourlyModel.open({ ...QUIET, startMillis }, samples);
  model.land(FIRST, 3);
  model.start({ hour: FIRST });
  while (!enteredOf(model, 0).includes("StartCrawler")) await model.clock.run(model.clock.now() + 1000);
  model.cataloged = new Set();
  model.executions()[0]?.stop("crash");
  await model.clock.run();
  model.cataloged = new Set();
  model.start({ hour: FIRST });
  await model.clock.run();
  model.checkEnd();
  expect(model.problems).toEqual([]);
  expect(model.runs).toEqual([FIRST]);
});

function enteredOf(model: HourlyModel, index: number): string[] {
  const events = model.executions()[index]?.history.events ?? [];
  return events.map(
    (event) => (event as { stateEnteredEventDetails?: { name: string } }).stateEnteredEventDetails?.name ?? "",
  );
}

test(`each hour is flattened by one run at a time, nothing is lost and nothing seen twice, over ${SEEDS} seeds`, async () => {
  const broken: string[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
    const model = await troubled(seed, samples);
    model.checkEnd();
    if (model.problems.length > 0) broken.push(`seed ${seed}: ${model.problems.slice(0, 3).join("; ")}`);
  }
  expect(broken).toEqual([]);
}, 300_000);
