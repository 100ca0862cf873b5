/** The formats of generated records: those that the program's running router decodes. */
import { DataLake, FormatRouter, type FormatRouterArgs, StreamIngest } from "streamlake";
import { routedStreams } from "../../../cli/run/routes";
import { takenFormats } from "../../../cli/run/takenFormats";
import { sensorLayout } from "../../../lake/sensorLayout";
import { filesBelow } from "../../../local/duckdb/files";
import type { LocalCloud } from "../../../local/startLocal";
import { start, stopAll } from "../../local/support/start";
import { testIo } from "../support/testIo";

afterEach(stopAll);

async function running(args: Partial<FormatRouterArgs>): Promise<LocalCloud> {
  return start(() => {
    new FormatRouter("router", { stream: new StreamIngest("in"), lake: new DataLake("lake"), ...args });
  });
}

const taken = (cloud: LocalCloud) =>
  takenFormats(
    { cloud, io: testIo() },
    routedStreams(cloud.resources).flatMap(({ functionNames }) => functionNames),
    7,
  );

test.each<[string, Partial<FormatRouterArgs>, string[]]>([
  ["the default formats", {}, ["json", "ndjson", "csv"]],
  [
    "CSV and the binary layout of generated records",
    { formats: { csv: {}, binary: { layouts: [sensorLayout] } } },
    ["csv", "binary"],
  ],
  ["JSON, though a hook refuses the row", { formats: { json: {} }, hooks: { accept: () => "no" } }, ["json"]],
])("a router takes %s", async (_, args, formats) => {
  const cloud = await running(args);
  expect(await taken(cloud)).toEqual(formats);
  expect(filesBelow(cloud.dataDir, ".gz")).toEqual([]);
});

test("a router of other formats is refused, before anything is sent", async () => {
  const cloud = await running({ formats: { avro: {} } });
  await expect(taken(cloud)).rejects.toThrow(
    "streamlake local: the router takes none of the formats that local generates (json, ndjson, csv, binary); send files of your own with --input",
  );
});

test("a router that fails gets every format, so that the run shows its failure", async () => {
  const cloud = await running({
    transform: {
      function: {
        function: (args) => {
          args.handler = "index.missing";
        },
      },
    },
  });
  expect(await taken(cloud)).toEqual(["json", "ndjson", "csv", "binary"]);
});

test("two routers of a stream take the formats of both; a stream without a router gets every format", async () => {
  const cloud = await start(() => {
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    new FormatRouter("one", { stream, lake, formats: { csv: {} } });
    new FormatRouter("two", { stream, lake, formats: { json: {} } });
  });
  expect(await taken(cloud)).toEqual(["json", "csv"]);
  expect(await takenFormats({ cloud, io: testIo() }, [], 7)).toEqual(["json", "ndjson", "csv", "binary"]);
});
