/** Seeded hours of the hourly workflow with everything that happens to it: crashes, failures, late records, starts by hand. */
import { addHours, startOf } from "../../../../lake/hour";
import { HourlyModel, MINUTE } from "./hourlyModel";

const FIRST = "2026-11-20T00";

/** Starts by the schedule at ten minutes past each hour, from the model's time on. */
export async function schedule(model: HourlyModel, hours: number): Promise<void> {
  for (let count = 1; count <= hours; count += 1) {
    const at = model.clock.now() + 60 * MINUTE;
    model.start({ scheduledTime: new Date(model.clock.now()).toISOString() });
    await model.clock.run(at);
  }
}

/** A generator of numbers in [0, 1) that a seed determines (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A day's worth of trouble, and then three starts in peace. */
export async function troubled(seed: number, samples: ReadonlyMap<number, Buffer>): Promise<HourlyModel> {
  const random = seeded(seed);
  const whole = (limit: number) => Math.floor(random() * limit);
  let isPeace = false;
  const chance = (part: number) => !isPeace && random() < part;
  const backlog = 1 + whole(4);
  let hour = addHours(FIRST, backlog);
  const model = await HourlyModel.open(
    {
      startMillis: startOf(hour) + 10 * MINUTE,
      random,
      lookbackHours: 24,
      concurrentJobs: 1 + whole(3),
      hoursPerPass: 1 + whole(3),
      handOverEvents: 250 + whole(400),
      hasCrawler: chance(0.5),
      jobMillis: () => (1 + whole(whole(2) === 0 ? 5 : 40)) * MINUTE,
      jobFails: () => (chance(0.15) ? (chance(0.5) ? "reading" : "writing") : undefined),
      callFails: () => (chance(0.03) ? (chance(0.5) ? "before" : "while") : undefined),
      losesAnswer: () => chance(0.05),
      describeLagMillis: () => (chance(0.3) ? whole(3 * MINUTE) : 0),
      requestMillis: () => (whole(4) === 0 ? whole(1000) : 0),
      functionMillis: () => (chance(0.1) ? whole(10 * MINUTE) : whole(2000)),
    },
    samples,
  );
  const type = () => (chance(0.05) ? "string" : chance(0.1) ? "double" : "bigint");
  for (let back = 0; back < backlog; back += 1) model.land(addHours(FIRST, back), 1 + whole(3), type());
  for (let step = 0; step < 2; step += 1) {
    model.start({ scheduledTime: new Date(model.clock.now()).toISOString() });
    const end = model.clock.now() + 60 * MINUTE;
    while (model.clock.now() < end) {
      await model.clock.run(Math.min(end, model.clock.now() + whole(25 * MINUTE)));
      const running = model.executions().filter(({ status }) => status === "RUNNING");
      if (chance(0.05)) await model.deploy();
      if (chance(0.1)) await model.deleteReplaced();
      if (chance(0.25)) running[whole(running.length)]?.stop("crash");
      if (chance(0.2)) model.land(addHours(FIRST, whole(backlog + step)), 1 + whole(2), type());
      if (chance(0.2)) model.start(chance(0.5) ? {} : { hour: addHours(FIRST, whole(backlog + step)) });
    }
    model.land(hour, 1 + whole(3), type());
    hour = addHours(hour, 1);
  }
  isPeace = true;
  await schedule(model, 2);
  await model.clock.run();
  return model;
}
