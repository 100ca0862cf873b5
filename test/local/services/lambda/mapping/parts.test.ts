/** A batch that is routed in parts: no record is discarded, even if Lambda counted each part as a try. */
import { DataLake, FormatRouter, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";
import { landingObjects } from "../../../../../lake/routing/landingObjects";
import { endlessBatch, nextWake } from "../../../../../local/services/lambda/mapping/stepMapping";
import { decodeLines, OPTIONS, record } from "../../../../lake/support/records";
import { CONFIG, Scenario } from "../../../support/mapping/scenario";

/** Each part ends at its first record, so a batch has as many parts as records; no payloads can make it more. */
const BOUNDS = { unpackedBytes: 0, values: 0, characters: 0 };
const FIRST = 10_000_000;
/** Longer than a part takes with the router's memory. */
const MILLIS_OF_PART = 5_000;

/** The settings of the router's mapping in a program without arguments. */
async function declared() {
  const { inputs } = (
    await declare(() => {
      const stream = new StreamIngest("in");
      new FormatRouter("clicks", { stream, lake: new DataLake("lake") });
    })
  ).one("clicks-mapping");
  return {
    batchSize: Number(inputs.batchSize),
    retryAttempts: Number(inputs.maximumRetryAttempts),
    maxRecordAgeMillis: Number(inputs.maximumRecordAgeInSeconds) * 1000,
  };
}

/**
 * Routes a full batch in as many parts as possible. Without `bisect`, the mapping counts each partial response as a try, which
 * AWS documents only for batches that are not split.
 */
async function routeInParts(settings: Awaited<ReturnType<typeof declared>>) {
  const scenario = Scenario.reading({ ...CONFIG, ...settings, bisect: false });
  const all = Array.from({ length: settings.batchSize }, (_, index) => record(FIRST + index, "{}"));
  scenario.records(all.map(({ sequenceNumber }) => sequenceNumber));
  const landed: string[] = [];
  let deliveries = 0;
  for (;;) {
    const commands = scenario.commands();
    const givenUp = commands.find((command) => command.type === "giveUp");
    if (givenUp) return { landed, deliveries, condition: givenUp.condition };
    const invoked = commands.find((command) => command.type === "invoke");
    if (!invoked) {
      const due = nextWake(scenario.mapping, scenario.config, scenario.now);
      if (landed.length === all.length || due === undefined) return { landed, deliveries, condition: undefined };
      scenario.at(due);
      continue;
    }
    deliveries += 1;
    const { records } = invoked.batch;
    const batch = all.slice(Number(records[0]?.sequenceNumber) - FIRST);
    expect(batch).toHaveLength(records.length);
    const objects = landingObjects(batch, decodeLines, {}, { ...OPTIONS, bounds: BOUNDS });
    let step = await objects.next();
    for (; !step.done; step = await objects.next()) landed.push(step.value.range.first);
    scenario.now += MILLIS_OF_PART;
    const next = records[step.value];
    scenario.respond(invoked.batch.id, ...(next ? [next.sequenceNumber] : []));
  }
}

test("no record of a full batch is discarded by the tries or by its age, with the settings that a router declares", async () => {
  const settings = await declared();
  const { landed, deliveries, condition } = await routeInParts(settings);

  expect(condition).toBeUndefined();
  expect(deliveries).toBe(10_000);
  expect(landed).toEqual(Array.from({ length: 10_000 }, (_, index) => String(FIRST + index)));
}, 60_000);

test("with fewer tries than records, the same batch loses its last records to the failed batches", async () => {
  const settings = { ...(await declared()), batchSize: 20, retryAttempts: 10 };
  const { landed, condition } = await routeInParts(settings);

  expect(condition).toBe("RetryAttemptsExhausted");
  expect(landed).toHaveLength(11);
});

test("parts are progress: draining does not end before the last", () => {
  const scenario = Scenario.reading({ retryAttempts: 10_000 }).input({ type: "drain", on: true });
  scenario.records(["1", "2", "3", "4", "5", "6", "7", "8"]);
  for (let batch = 1; batch < 8; batch++) {
    scenario.respond(batch, String(batch + 1));
    expect(endlessBatch(scenario.mapping, scenario.config, "router")).toBeUndefined();
    scenario.at(scenario.now + 250);
  }
  expect(scenario.asked().at(-1)).toBe("invoke 8: 8");
});
