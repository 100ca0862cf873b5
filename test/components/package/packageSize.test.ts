/** A router's package holds the codecs of its own formats, and hardly more than the AWS SDK without them. */
import * as path from "node:path";
import * as esbuild from "esbuild";
import { DataLake, FormatRouter, type FormatRouterArgs, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";
import { packageOf } from "../support/listed";

/** The package of a router with these formats. */
async function packageWith(formats: FormatRouterArgs["formats"]): Promise<string> {
  const declared = await declare(() => {
    new FormatRouter("clicks", { stream: new StreamIngest("in"), lake: new DataLake("lake"), formats });
  });
  return packageOf(declared.one("clicks-router-function"));
}

/** What the SDK alone takes, bundled as packages are: all that the router's only effect imports of it. */
async function sdkBytes(): Promise<number> {
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents: `exports.store = require("./functions/effects/objectStore");`,
      resolveDir: path.resolve(__dirname, "../../.."),
    },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node24",
    minify: true,
    legalComments: "none",
    write: false,
    tsconfigRaw: "{}",
  });
  return outputFiles[0]?.contents.length ?? 0;
}

const proto = 'syntax = "proto3"; message Reading { string sensor = 1; }';

test("a router of JSON alone has less than 100 kB besides the AWS SDK", async () => {
  const [packed, sdk] = await Promise.all([packageWith({ json: {} }), sdkBytes()]);

  expect(sdk).toBeGreaterThan(300_000);
  expect(packed.length - sdk).toBeLessThan(100_000);
});

test("a format that is not enabled is not in the package", async () => {
  const [plain, avro, protobuf] = await Promise.all([
    packageWith({ json: {} }),
    packageWith({ json: {}, avro: {} }),
    packageWith({ json: {}, protobuf: { messages: [{ proto }] } }),
  ]);
  const marks = { avro: "avro.schema", protobuf: "google.protobuf", csv: "csv.columns" };

  const found = [plain, avro, protobuf].map((text) => {
    return Object.entries(marks).flatMap(([format, mark]) => (text.includes(mark) ? [format] : []));
  });
  expect(found).toEqual([[], ["avro"], ["protobuf"]]);
  expect(avro.length - plain.length).toBeLessThan(40_000);
  expect(protobuf.length - plain.length).toBeLessThan(200_000);
});
