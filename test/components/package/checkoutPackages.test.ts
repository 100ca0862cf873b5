/** Packages that the command makes from a checkout's sources: the same bytes as where the compiler has made JavaScript of them. */
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { DataLake } from "../../../components/dataLake";
import { FormatRouter } from "../../../components/formatRouter";
import { HourlyEtl } from "../../../components/hourlyEtl";
import { StreamIngest } from "../../../components/streamIngest";
import { declare } from "../../../local/program/declare";
import { packageOf } from "../support/listed";

const ROOT = path.resolve(__dirname, "../../..");
const FUNCTIONS = ["router-router-function", "hourly-plan-function", "hourly-reconcile-function"];

const FROM_SOURCES = `
require("./bin/typescript.js").registerTypeScript();
const { DataLake, FormatRouter, HourlyEtl, StreamIngest } = require("./index.ts");
const { declare } = require("./local/program/declare.ts");
const program = () => {
  const lake = new DataLake("lake");
  new FormatRouter("router", { stream: new StreamIngest("clicks"), lake });
  new HourlyEtl("hourly", { lake });
};
declare(program).then(async (declared) => {
  for (const name of ${JSON.stringify(FUNCTIONS)}) {
    const assets = await declared.one(name).inputs.code.assets;
    console.log(JSON.stringify(await assets["index.js"].text));
  }
});
`;

test("a callback's text does not depend on what makes JavaScript of the components", async () => {
  const declared = await declare(() => {
    const lake = new DataLake("lake");
    new FormatRouter("router", { stream: new StreamIngest("clicks"), lake });
    new HourlyEtl("hourly", { lake });
  });
  const compiled = await Promise.all(FUNCTIONS.map((name) => packageOf(declared.one(name))));
  const options = { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 26 } as const;
  const lines = execFileSync(process.execPath, ["-e", FROM_SOURCES], options).trim().split("\n");
  const ends = (texts: readonly string[]) => texts.map((text) => text.slice(-300));
  const ofSources = lines.map((line) => JSON.parse(line) as string);
  expect(ends(ofSources)).toEqual(ends(compiled));
  expect(ofSources).toEqual(compiled);
});
