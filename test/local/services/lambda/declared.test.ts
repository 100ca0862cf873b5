/** Functions as they are declared: settings checked, packages unpacked byte for byte, the rest refused. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { readFunctionSpec } from "../../../../local/services/lambda/functionSpec";
import { unpackCode } from "../../../../local/services/lambda/unpackCode";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "streamlake-code-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const MADE = { name: "f", arn: "arn:aws:lambda:us-east-1:123456789012:function:f", region: "us-east-1", root: "/r" };
const INPUTS = { runtime: "nodejs24.x", handler: "index.handler", role: "arn:aws:iam::123456789012:role/r" };

test("what is not said of a function is as AWS has it", () => {
  expect(readFunctionSpec("f", INPUTS, MADE)).toEqual({
    ...MADE,
    roleArn: "arn:aws:iam::123456789012:role/r",
    handler: "index.handler",
    runtime: "nodejs24.x",
    memoryMebibytes: 128,
    timeoutMillis: 3_000,
    variables: {},
    isInVpc: false,
    logGroup: "/aws/lambda/f",
    logFormat: "Text",
    logLevel: "INFO",
    logsPlatform: true,
    systemLogLevel: "INFO",
    description: "",
  });
});

test.each([
  [{ runtime: "python3.13" }, 'runtime "python3.13" is not simulated; use "nodejs24.x"'],
  [{ handler: "index" }, 'handler "index" is not one; write it as "index.handler"'],
  [{ role: undefined }, "role is missing"],
  [{ memorySize: 64 }, "memorySize is 64; use a whole number from 128 to 10240"],
  [{ timeout: 901 }, "timeout is 901; use a whole number from 1 to 900"],
  [
    { environment: { variables: { A: "ü".repeat(2048) } } },
    "the environment variables have 4097 bytes; Lambda takes at most 4096",
  ],
  [{ environment: { variables: { AWS_REGION: "x" } } }, 'the environment variable "AWS_REGION" is reserved'],
])("a function with %j is refused by its name", (inputs, message) => {
  expect(() => readFunctionSpec("f", { ...INPUTS, ...inputs }, MADE)).toThrow(`local/lambda: function "f": ${message}`);
});

test("strings, files and folders of an archive are unpacked", async () => {
  const file = path.join(directory, "from");
  writeFileSync(file, Buffer.from([0, 255, 10]));
  const target = path.join(directory, "to");
  await unpackCode(
    "f",
    new pulumi.asset.AssetArchive({
      "index.js": new pulumi.asset.StringAsset(Promise.resolve("exports.ü = 1;")),
      "lib/data": new pulumi.asset.FileAsset(file),
      more: new pulumi.asset.AssetArchive({ "a.txt": new pulumi.asset.StringAsset("a") }),
    }),
    target,
  );
  expect(readFileSync(path.join(target, "index.js"), "utf8")).toBe("exports.ü = 1;");
  expect([...readFileSync(path.join(target, "lib/data"))]).toEqual([0, 255, 10]);
  expect(readFileSync(path.join(target, "more/a.txt"), "utf8")).toBe("a");
});

test("a directory is unpacked", async () => {
  const from = path.join(directory, "from");
  mkdirSync(path.join(from, "lib"), { recursive: true });
  writeFileSync(path.join(from, "lib", "a.js"), "1");
  await unpackCode("f", new pulumi.asset.FileArchive(from), path.join(directory, "to"));
  expect(readFileSync(path.join(directory, "to", "lib", "a.js"), "utf8")).toBe("1");
});

test.each([
  ["no code", undefined, "code must be an AssetArchive"],
  ["an address", new pulumi.asset.RemoteArchive("https://example.com/a.zip"), "code must be an AssetArchive"],
  [
    "an asset elsewhere",
    new pulumi.asset.AssetArchive({ "a.js": new pulumi.asset.RemoteAsset("https://example.com/a.js") }),
    '"a.js" is neither a StringAsset nor a FileAsset',
  ],
  [
    "a name outside the package",
    new pulumi.asset.AssetArchive({ "../a.js": new pulumi.asset.StringAsset("") }),
    '"../a.js" lies outside its package',
  ],
])("%s is refused", async (_name, code, message) => {
  await expect(unpackCode("f", code, path.join(directory, "to"))).rejects.toThrow(message);
});

test("a zip file is refused", async () => {
  const zip = path.join(directory, "a.zip");
  writeFileSync(zip, "PK");
  await expect(unpackCode("f", new pulumi.asset.FileArchive(zip), directory)).rejects.toThrow(
    "code must be an AssetArchive",
  );
});
