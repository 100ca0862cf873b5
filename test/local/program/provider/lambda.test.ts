/** Functions and event source mappings through the provider: what changes while they work, and how they end. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { asset } from "@pulumi/pulumi";
import type { LambdaService } from "../../../../local/services/lambda/service";
import { makeRole, type ProviderWorld, providerWorld } from "../../support/provider/world";

let world: ProviderWorld;
beforeEach(async () => {
  world = await providerWorld();
  await world.make("aws:s3/bucket:Bucket", "seen", { bucket: "seen" });
  role = await makeRole(world, "first", ["lambda.amazonaws.com"], STATEMENTS);
});
afterEach(() => world.close());

let role: string;

const FUNCTION = "aws:lambda/function:Function";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const STREAM = "aws:kinesis/stream:Stream";
const STREAM_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";
const STATEMENTS = [{ Effect: "Allow", Action: ["kinesis:*", "logs:*"], Resource: "*" }];

const inputs = (code: string, more: object = {}) => ({
  name: "f",
  role,
  runtime: "nodejs24.x",
  handler: "index.handler",
  code: new asset.AssetArchive({ "index.js": new asset.StringAsset(code) }),
  ...more,
});
const returning = (expression: string) => `exports.handler = async (event, context) => (${expression});`;

async function invoke(FunctionName = "f"): Promise<unknown> {
  const { Payload } = await world.call<{ Payload: Uint8Array }>("lambda", "Invoke", { FunctionName });
  return JSON.parse(Buffer.from(Payload).toString());
}

/** The directories of packages that lie in the cloud. */
function packages(): string[] {
  const entries = readdirSync(path.join(world.cloud.dataDir, "lambda"), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Puts each batch under a name of its own: the function, then the texts of its records. */
const WRITER = `let count = 0;
exports.handler = async (event, context) => {
  const texts = event.Records.map((record) => Buffer.from(record.kinesis.data, "base64").toString());
  const url = process.env.AWS_ENDPOINT_URL + "/seen/" + context.functionName + "/" + process.pid + "-" + count++ + "-" + texts.length;
  const put = await fetch(url, { method: "PUT", body: texts.join("\\n") });
  if (!put.ok) throw new Error(String(put.status));
};`;

interface Seen {
  readonly key: string;
  readonly texts: readonly string[];
}

async function seen(): Promise<Seen[]> {
  const { Contents = [] } = await world.call<{ Contents?: { Key: string }[] }>("s3", "ListObjectsV2", {
    Bucket: "seen",
  });
  return Promise.all(
    Contents.map(async ({ Key: key }) => {
      const { Body } = await world.call<{ Body: Uint8Array }>("s3", "GetObject", { Bucket: "seen", Key: key });
      return { key, texts: Buffer.from(Body).toString().split("\n") };
    }),
  );
}

const allTexts = async () => (await seen()).flatMap(({ texts }) => texts).sort();

async function put(from: number, to: number): Promise<string[]> {
  const texts = Array.from({ length: to - from }, (_, index) => String(from + index).padStart(4, "0"));
  const Records = texts.map((text) => ({ PartitionKey: text, Data: Buffer.from(text) }));
  await world.call("kinesis", "PutRecords", { StreamName: "clicks", Records });
  return texts;
}

async function makeMapping(more: object = {}): Promise<{ id: string; inputs: Record<string, unknown> }> {
  await world.make(STREAM, "clicks", { name: "clicks", shardCount: 2 });
  await world.make(FUNCTION, "f", inputs(WRITER));
  const mapping = { eventSourceArn: STREAM_ARN, functionName: "f", startingPosition: "TRIM_HORIZON", ...more };
  const { id } = await world.make(MAPPING, "m", mapping);
  return { id, inputs: mapping };
}

describe("a function", () => {
  test("runs its new package, environment and limits from the next invocation on; warm processes end", async () => {
    const code = returning("[process.env.A, context.memoryLimitInMB, process.pid]");
    await world.make(FUNCTION, "f", inputs(code, { environment: { variables: { A: "1" } } }));
    const [, , pid] = (await invoke()) as [string, string, number];
    await world.provider.update(
      FUNCTION,
      "f",
      inputs(code, { environment: { variables: { A: "2" } }, memorySize: 256 }),
    );
    expect(isRunning(pid)).toBe(false);
    expect(await invoke()).toEqual(["2", "256", expect.any(Number)]);
    const updated = await world.provider.update(FUNCTION, "f", inputs(returning("'new'"), { memorySize: 256 }));
    expect(updated).toMatchObject({ arn: "arn:aws:lambda:us-east-1:000000000000:function:f", memorySize: 256 });
    expect(await invoke()).toBe("new");
  });

  test("ends the invocation under way with the package that it began with", async () => {
    const waiting = `exports.handler = async () => {
      const go = process.env.AWS_ENDPOINT_URL + "/seen/go";
      await fetch(process.env.AWS_ENDPOINT_URL + "/seen/began", { method: "PUT", body: "1" });
      while (!(await fetch(go)).ok) await new Promise((resolve) => setTimeout(resolve, 10));
      return require("./answer.js");
    };`;
    const packed = (answer: string) => ({
      code: new asset.AssetArchive({
        "index.js": new asset.StringAsset(waiting),
        "answer.js": new asset.StringAsset(`module.exports = ${JSON.stringify(answer)};`),
      }),
    });
    await world.make(FUNCTION, "f", inputs("", packed("old")));
    const under = invoke();
    while ((await seen()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await world.provider.update(FUNCTION, "f", inputs("", packed("new")));
    await world.call("s3", "PutObject", { Bucket: "seen", Key: "go", Body: Buffer.from("1") });
    expect(packages()).toEqual(["f", "f@1"]);
    expect(await under).toBe("old");
    expect(packages()).toEqual(["f@1"]);
    expect(await invoke()).toBe("new");
  });

  test("has the package that it runs at hand, and leaves none behind once it is deleted", async () => {
    const lambda = world.cloud.service("lambda") as LambdaService;
    const running = () => readFileSync(path.join(lambda.packageDirectory("f"), "index.js"), "utf8");
    await world.make(FUNCTION, "f", inputs(returning("1")));
    expect(running()).toBe("exports.handler = async (event, context) => (1);");
    expect(await invoke()).toBe(1);
    await world.provider.update(FUNCTION, "f", inputs(returning("2")));
    expect(running()).toBe("exports.handler = async (event, context) => (2);");
    await world.provider.update(FUNCTION, "f", inputs(returning("3")));
    expect(running()).toBe("exports.handler = async (event, context) => (3);");
    expect(packages()).toEqual(["f@2"]);
    await world.provider.delete(FUNCTION, "f");
    expect(packages()).toEqual([]);
    expect(() => lambda.packageDirectory("f")).toThrow("Function not found");
  });

  test("that is deleted while an old package is at work leaves none behind", async () => {
    const waiting = `exports.handler = async () => {
      await fetch(process.env.AWS_ENDPOINT_URL + "/seen/began", { method: "PUT", body: "1" });
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    };`;
    await world.make(FUNCTION, "f", inputs(waiting, { timeout: 60 }));
    const under = world.call<{ FunctionError?: string }>("lambda", "Invoke", { FunctionName: "f" });
    while ((await seen()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await world.provider.update(FUNCTION, "f", inputs(returning("2")));
    await world.provider.delete(FUNCTION, "f");
    expect((await under).FunctionError).toBe("Unhandled");
    expect(packages()).toEqual([]);
  });

  test.each([
    ["a role that is not there", { role: "arn:aws:iam::000000000000:role/none" }, "cannot be found"],
    ["another runtime", { runtime: "python3.13" }, 'runtime "python3.13" is not simulated'],
    ["a zip file", { code: new asset.RemoteArchive("https://example.com/a.zip") }, "code must be an AssetArchive"],
    [
      "a package that is a zip file in part",
      {
        code: new asset.AssetArchive({
          "index.js": new asset.StringAsset(""),
          lib: new asset.RemoteArchive("https://example.com/a.zip"),
        }),
      },
      '"lib" is neither a StringAsset nor a FileAsset',
    ],
  ])("stays as it is when it is changed to %s", async (_case, more, message) => {
    await world.make(FUNCTION, "f", inputs(returning("'old'")));
    await expect(world.provider.update(FUNCTION, "f", inputs(returning("'new'"), more))).rejects.toThrow(message);
    expect(await invoke()).toBe("old");
    expect(packages()).toEqual(["f"]);
  });

  test("that is deleted is not found, its processes end, and its name is free for another package", async () => {
    await world.make(FUNCTION, "f", inputs(returning("process.pid")));
    const pid = (await invoke()) as number;
    await world.provider.delete(FUNCTION, "f");
    expect(isRunning(pid)).toBe(false);
    await expect(invoke()).rejects.toMatchObject({
      code: "ResourceNotFoundException",
      message: "Function not found: arn:aws:lambda:us-east-1:000000000000:function:f",
    });
    await world.make(FUNCTION, "f", inputs(returning("require('fs').readdirSync(__dirname)")));
    expect(await invoke()).toEqual(["index.js"]);
  });

  test("from an archive in the form of the wire runs", async () => {
    const mark = "4dabf18193072939515e22adb298388d";
    const code = {
      [mark]: "0def7320c3a5731c473e5ecbe6d01bc7",
      hash: "1",
      assets: { "index.js": { [mark]: "c44067f5952c0a294b673a41bacd8c17", hash: "2", text: returning("'wire'") } },
    };
    await world.make(FUNCTION, "f", inputs("", { code }));
    expect(await invoke()).toBe("wire");
  });
});

describe("an event source mapping", () => {
  test("delivers with its new settings what comes next, nothing twice", async () => {
    const { id, inputs: mapping } = await makeMapping({ batchSize: 100 });
    const first = await put(0, 40);
    await world.cloud.drain();
    const before = (await seen()).length;
    await world.provider.update(MAPPING, id, { ...mapping, batchSize: 3, parallelizationFactor: 4 });
    const second = await put(40, 80);
    await world.cloud.drain();
    expect(await allTexts()).toEqual([...first, ...second]);
    const later = (await seen()).filter(({ texts }) => (texts[0] as string) >= "0040");
    expect(later.every(({ texts }) => texts.length <= 3)).toBe(true);
    expect(before).toBe(2);
  });

  test.each(["TRIM_HORIZON", "LATEST"])(
    "that reads from %s and is disabled delivers nothing, and goes on once it is enabled",
    async (startingPosition) => {
      const { id, inputs: mapping } = await makeMapping({ startingPosition });
      await world.cloud.drain();
      expect(await world.provider.update(MAPPING, id, { ...mapping, enabled: false })).toMatchObject({
        state: "Disabled",
      });
      const texts = await put(0, 20);
      await world.cloud.drain();
      expect(await seen()).toEqual([]);
      expect(await world.provider.update(MAPPING, id, { ...mapping, enabled: true })).toMatchObject({
        state: "Enabled",
      });
      await world.cloud.drain();
      expect(await allTexts()).toEqual(texts);
    },
  );

  test("that was made disabled begins once it is enabled", async () => {
    const { id, inputs: mapping } = await makeMapping({ enabled: false });
    const texts = await put(0, 5);
    await world.cloud.drain();
    expect(await seen()).toEqual([]);
    await world.provider.update(MAPPING, id, { ...mapping, enabled: true });
    await world.cloud.drain();
    expect(await allTexts()).toEqual(texts);
  });

  test("goes on where its function has another package, and as another role", async () => {
    await makeMapping();
    const first = await put(0, 10);
    await world.cloud.drain();
    role = await makeRole(world, "second", ["lambda.amazonaws.com"], STATEMENTS);
    await world.provider.update(FUNCTION, "f", inputs(`${WRITER}\n// changed`));
    await world.provider.delete("aws:iam/rolePolicy:RolePolicy", "first:first");
    await world.provider.delete("aws:iam/role:Role", "first");
    const second = await put(10, 20);
    await world.cloud.drain();
    expect(await allTexts()).toEqual([...first, ...second]);
    expect(world.cloud.usage().denied).toEqual([]);
  });

  test("goes on to another function", async () => {
    const { id, inputs: mapping } = await makeMapping();
    await put(0, 10);
    await world.cloud.drain();
    await world.make(FUNCTION, "g", inputs(WRITER, { name: "g" }));
    const updated = await world.provider.update(MAPPING, id, { ...mapping, functionName: "g" });
    expect(updated.functionArn).toBe("arn:aws:lambda:us-east-1:000000000000:function:g");
    await world.provider.delete(FUNCTION, "f");
    const texts = await put(10, 20);
    await world.cloud.drain();
    const toG = (await seen()).filter(({ key }) => key.startsWith("g/"));
    expect(toG.flatMap((each) => each.texts).sort()).toEqual(texts);
  });

  test("follows its stream as shards split and merge", async () => {
    await makeMapping();
    const stream = { name: "clicks" };
    const texts: string[] = [];
    for (const [round, shardCount] of [4, 8, 4, 2].entries()) {
      texts.push(...(await put(round * 30, round * 30 + 30)));
      await world.provider.update(STREAM, STREAM_ARN, { ...stream, shardCount });
    }
    texts.push(...(await put(120, 150)));
    await world.cloud.drain();
    expect(await allTexts()).toEqual(texts);
  });

  test("that is deleted delivers nothing more; what it gave up is still told", async () => {
    const { id } = await makeMapping({ maximumRetryAttempts: 0 });
    await world.provider.update(FUNCTION, "f", inputs("exports.handler = async () => { throw new Error('no'); };"));
    await put(0, 2);
    await world.cloud.drain();
    await world.provider.delete(MAPPING, id);
    const lambda = world.cloud.service("lambda") as LambdaService;
    expect(lambda.failedBatches().reduce((sum, { records }) => sum + records, 0)).toBe(2);
    await world.provider.update(FUNCTION, "f", inputs(WRITER));
    await put(2, 4);
    await world.cloud.drain();
    expect(await seen()).toEqual([]);
    await world.make(MAPPING, "m", { eventSourceArn: STREAM_ARN, functionName: "f", startingPosition: "TRIM_HORIZON" });
    await world.cloud.drain();
    expect(await allTexts()).toEqual(["0000", "0001", "0002", "0003"]);
  });

  test("is refused beside another one of the same stream and function", async () => {
    const { inputs: mapping } = await makeMapping();
    await expect(world.make(MAPPING, "n", mapping)).rejects.toMatchObject({
      cause: { code: "ResourceConflictException" },
    });
  });

  test("of a role that may not read the stream is refused, also when it is changed", async () => {
    const { id, inputs: mapping } = await makeMapping();
    role = await makeRole(world, "blind", ["lambda.amazonaws.com"]);
    await world.make(FUNCTION, "g", inputs(WRITER, { name: "g" }));
    await expect(world.provider.update(MAPPING, id, { ...mapping, functionName: "g" })).rejects.toThrow(
      "the role's policy must allow it and be made before the mapping (dependsOn)",
    );
    const texts = await put(0, 5);
    await world.cloud.drain();
    expect(await allTexts()).toEqual(texts);
  });
});
