/** What a seed decides before a schedule begins: the mapping's settings, and what is put, split and merged when. */
import type { MappingConfig } from "../../../../local/services/lambda/mapping/mappingConfig";
import type { ModelStream } from "./modelStream";
import type { Seeded } from "./seeded";

const KEYS = ["u-1", "u-2", "u-3", "u-4", "u-5", "u-6", "u-7", "u-8"];

/** The world's clock, and the way to tell its mapping of records. */
export interface Stage {
  later(millis: number, act: () => void): void;
  now(): number;
  news(shard?: string): void;
}

export function chooseConfig(random: Seeded): MappingConfig {
  return {
    batchSize: random.between(1, 9),
    windowMillis: random.pick([0, 0, 1_000, 5_000]),
    maxEventBytes: random.pick([6_291_456, 6_291_456, 2_000]),
    parallelizationFactor: random.between(1, 4),
    bisect: random.chance(0.6),
    retryAttempts: random.pick([0, 1, 3, 10_000, 10_000, -1]),
    maxRecordAgeMillis: random.pick([-1, -1, -1, 60_000]),
    reportsItemFailures: true,
    startingPosition: { type: "TRIM_HORIZON" },
  };
}

export function fillStream(stream: ModelStream, random: Seeded, stage: Stage): void {
  stream.addShard(KEYS.slice(0, 4));
  stream.addShard(KEYS.slice(4));
  const puts = random.between(5, 60);
  for (let count = 0; count < puts; count++) {
    const put = () => {
      const rows = Array.from({ length: random.between(1, 3) }, () => [random.pick(["a", "b"]), random.between(0, 99)]);
      const text = random.chance(0.15) ? "poison" : JSON.stringify(rows);
      const record = stream.put(random.pick(KEYS), stage.now(), Buffer.from(text).toString("base64"));
      stage.news(record.shard);
    };
    if (random.chance(0.3)) put();
    else stage.later(random.between(0, 25_000), put);
  }
  for (let count = random.between(0, 2); count > 0; count--) {
    stage.later(random.between(0, 25_000), () => {
      const open = random.shuffle(stream.open());
      const wide = open.find((shard) => shard.keys.length > 1);
      if (random.chance(0.3) && open[0] && open[1]) stream.merge(open[0], open[1]);
      else if (wide) stream.split(wide);
      stage.news();
    });
  }
}
