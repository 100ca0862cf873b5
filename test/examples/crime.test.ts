/** The project crime, run by the command from a generated file, with and without redelivery. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { seededRandom } from "../../local/cloud/random";
import { resultsOf, run } from "./support/runProject";

const work = mkdtempSync(path.join(tmpdir(), "crime-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const CRIMES = ["459 PC  BURGLARY VEHICLE", "10851(A)VC TAKE VEH W/O OWNER", "484J PC  PUBLISH CARD INFO"];

/** As the public file of crimes: separated by "|", with padded fields and a comma in the last one. */
function crimeFile(rows: number): string {
  const random = seededRandom(11);
  const lines = Array.from({ length: rows }, (_, index) => {
    const crime = CRIMES[Math.floor(random() * random() * CRIMES.length)];
    const day = 1 + (index % 31);
    return `1/${day}/${index % 2 ? 2006 : "06"} ${index % 24}:05|${index} MAIN ST|${1 + (index % 6)}|3C        |1115|${crime}|${2000 + index}|38.5${index},-121.${index}`;
  });
  const file = path.join(work, "crime.csv");
  writeFileSync(file, `cdatetime|address|district|beat|grid|crimedescr|ucr_ncic_code|geo\n${lines.join("\n")}\n`);
  return file;
}

test("crime: a file in batches of 50 through Firehose into a table, the top ten, and a backup of each record", async () => {
  const file = crimeFile(420);
  const once = await run(work, "crime", file, "--batch", "50");
  expect(once.sinks.crimes).toMatchObject({
    kind: "DeliveryStream",
    balanced: true,
    counts: { records: 9, rows: 420, leftOut: 0, failed: 0, repeated: 0, backedUp: 9 },
  });
  expect(once.tables.crimes?.rows).toBe(420);
  const [top] = once.queries;
  expect(top?.columns).toEqual(["crime", "reports", "latest"]);
  expect(top?.rows.map(([crime]) => crime)).toEqual([
    "459 PC BURGLARY VEHICLE",
    "10851(A)VC TAKE VEH W/O OWNER",
    "484J PC PUBLISH CARD INFO",
  ]);
  expect(top?.rows.reduce((sum, [, reports]) => sum + Number(reports), 0)).toBe(420);
  expect(
    top?.rows
      .map(([, , latest]) => latest)
      .sort()
      .at(-1),
  ).toBe("2006-01-31 21:05:00.000");
  expect(once.iam.denied).toEqual([]);

  const twice = await run(work, "crime", file, "--batch", "50", "--redeliver");
  expect(resultsOf(twice)).toEqual(resultsOf(once));
  expect(twice.sinks.crimes?.counts.repeated).toBe(420);
}, 240_000);
