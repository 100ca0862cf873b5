/** A long run of the fuzzer over all formats; it counts the records in raw/ and unformatted/, and fails on any error. */
import { fuzz } from "../test/formats/support/fuzz";

/** `npm run fuzz` sets a million. */
const records = Number(process.env.STREAMLAKE_FUZZ_RECORDS ?? 50_000);
const seed = Number(process.env.STREAMLAKE_FUZZ_SEED ?? 1);
const ROUND = 50_000;

let [parts, raw, unformatted, rows] = [0, 0, 0, 0];
const formats: Record<string, number> = {};
const wrong: string[] = [];
const start = process.hrtime.bigint();
for (let done = 0; done < records; done += ROUND) {
  const result = fuzz(seed + done / ROUND, Math.min(ROUND, records - done));
  parts += result.parts;
  raw += result.raw;
  unformatted += result.unformatted;
  rows += result.rows;
  wrong.push(...result.wrong);
  for (const [format, count] of Object.entries(result.formats)) formats[format] = (formats[format] ?? 0) + count;
}
const seconds = Number(process.hrtime.bigint() - start) / 1e9;

console.log(
  `fuzz, seed ${seed}: ${records} records (${parts} with those in aggregated ones) in ${seconds.toFixed(0)} s: ` +
    `${raw} in raw/ (${rows} rows), ${unformatted} in unformatted/, ${wrong.length} wrong`,
);
console.log(`fuzz, landed by format: ${JSON.stringify(formats)}`);
for (const text of wrong.slice(0, 20)) console.error(`fuzz: ${text}`);
if (wrong.length > 0 || raw + unformatted !== parts) process.exitCode = 1;
