/** Mistakes in a YAML program: those that the schema knows are said by line, the others by component, as in TypeScript. */
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { openStack, REPOSITORY, type StackOnLocalAws } from "../pulumi/shippedStack";
import { type InstalledLibrary, installLibrary } from "./installedLibrary";

const CONFIG = { "aws:region": "us-east-1", "streamlake:checkSchemas": false };
const PROVIDERS = [{ name: "aws", path: path.join(REPOSITORY, "test/engines/pulumi/plugin") }];

let library: InstalledLibrary;
let stack: StackOnLocalAws;
let file: string;
let right: string;
beforeAll(async () => {
  library = installLibrary();
  const project = library.program("yaml");
  stack = await openStack({ project, configDirectory: project, stack: "dev", config: CONFIG, providers: PROVIDERS });
  file = path.join(stack.engine.directory, "Pulumi.yaml");
  right = readFileSync(file, "utf8");
});
afterAll(async () => {
  await stack?.close();
  library?.remove();
});

/** As YAML programs write it. */
function reference(name: string): string {
  return `$\{${name}}`;
}

const mistakes: [string, string, string, string][] = [
  [
    "a value out of bounds",
    "batchWindowSeconds: 5",
    "batchWindowSeconds: 301",
    `FormatRouter "router": batchWindowSeconds is 301; use a whole number from 0 to 300 seconds.`,
  ],
  [
    "inputs that do not go together",
    "shards: 2",
    "retentionHours: 24",
    `StreamIngest "clicks": capacity is "provisioned" without shards; say how many.`,
  ],
  [
    "an input that is none",
    "shards: 2",
    "shard: 2",
    `Property shard does not exist on 'streamlake:index:StreamIngest'`,
  ],
  [
    "a value that is none of an enumeration",
    "capacity: provisioned",
    "capacity: most",
    'Allowed values are OnDemand ("on-demand"), Provisioned ("provisioned")',
  ],
  [
    "an output in place of a component",
    `lake: ${reference("lake")}`,
    `lake: ${reference("lake.bucketName")}`,
    "lake: Cannot assign type 'string' to type 'streamlake:index:DataLake'",
  ],
];

test.each(mistakes)("%s", async (_, was, is, message) => {
  expect(right).toContain(was);
  writeFileSync(file, right.replace(was, is));
  const { code, stdout } = await stack.engine.preview();
  expect(code).not.toBe(0);
  expect(stdout.replace(/\s+/g, " ")).toContain(message);
});
