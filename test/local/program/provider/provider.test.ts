/** The local cloud as a provider: what it checks, compares, keeps and answers, in the words of the engine's protocol. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { asset } from "@pulumi/pulumi";
import { type ProviderWorld, providerWorld } from "../../support/provider/world";

let world: ProviderWorld;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "streamlake-content-"));
  world = await providerWorld();
});
afterAll(async () => {
  await world.close();
  rmSync(directory, { recursive: true });
});

/** Pulumi's wire format for a string that a preview does not know (`UnknownStringValue`, sdk/go/common/resource/plugin). */
const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const TOPIC = "aws:sns/topic:Topic";
const BUCKET = "aws:s3/bucket:Bucket";
const FUNCTION = "aws:lambda/function:Function";

describe("check", () => {
  test("a name that is not given is filled in and kept", async () => {
    const { inputs, failures } = await world.provider.check(TOPIC, "alerts", undefined, { displayName: "a" });
    expect({ inputs, failures }).toEqual({
      inputs: { displayName: "a", name: "alerts-652e11b", __defaults: ["name"] },
      failures: [],
    });
    const again = await world.provider.check(TOPIC, "alerts", { ...inputs, name: "alerts-0000000" }, {});
    expect(again.inputs).toEqual({ name: "alerts-0000000", __defaults: ["name"] });
  });

  test("a name that is given stays, also in place of one that was filled in", async () => {
    const olds = { name: "alerts-0000000", __defaults: ["name"] };
    const { inputs } = await world.provider.check(TOPIC, "alerts", olds, { name: "mine" });
    expect(inputs).toEqual({ name: "mine" });
    expect((await world.provider.check(TOPIC, "alerts", { name: "mine" }, {})).inputs).toEqual({
      name: "alerts-652e11b",
      __defaults: ["name"],
    });
  });

  test("a replacement gets a name that is free", async () => {
    const first = await world.provider.check(BUCKET, "lake", undefined, {});
    const { id } = await world.provider.create(BUCKET, "lake", first.inputs);
    const second = await world.provider.check(BUCKET, "lake", undefined, {});
    expect([first.inputs.bucket, second.inputs.bucket]).toEqual(["lake-7699548", "lake-7143cf4"]);
    await world.provider.delete(BUCKET, id);
    expect((await world.provider.check(BUCKET, "lake", undefined, {})).inputs.bucket).toBe("lake-7699548");
  });

  test("a name after a prefix, and one whose prefix is not known yet", async () => {
    const { inputs } = await world.provider.check(TOPIC, "alerts", undefined, { namePrefix: "late-" });
    expect(inputs).toEqual({ namePrefix: "late-", name: "late-652e11b", __defaults: ["name"] });
    const preview = await world.provider.check(TOPIC, "alerts", undefined, { namePrefix: UNKNOWN_VALUE });
    expect(preview.inputs.name).toBe(UNKNOWN_VALUE);
  });

  test("an alias of a key begins as aliases do", async () => {
    const { inputs } = await world.provider.check("aws:kms/alias:Alias", "key", undefined, { targetKeyId: "k" });
    expect(inputs.name).toBe("alias/key-7853f2b");
  });

  test("types and properties that are not simulated are failures by name", async () => {
    expect(
      (await world.provider.check("aws:ec2/vpcDhcpOptions:VpcDhcpOptions", "net", undefined, {})).failures,
    ).toEqual([
      {
        property: "",
        reason:
          'local: the resource type aws:ec2/vpcDhcpOptions:VpcDhcpOptions is not simulated (resource "net"); see docs/fidelity.md',
      },
    ]);
    const { failures } = await world.provider.check(TOPIC, "t", undefined, { fifoTopic: true, archivePolicy: "{}" });
    expect(failures).toEqual(
      ["fifoTopic", "archivePolicy"].map((property) => ({
        property,
        reason: `local: the property ${property} of aws:sns/topic:Topic is not simulated (resource "t"); see docs/fidelity.md`,
      })),
    );
  });

  test("what is null is not given", async () => {
    const { inputs, failures } = await world.provider.check(TOPIC, "t", undefined, { name: "t", fifoTopic: null });
    expect({ inputs, failures }).toEqual({ inputs: { name: "t" }, failures: [] });
  });

  test("secrets are unwrapped", async () => {
    const secret = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      value: "hidden",
    };
    expect((await world.provider.check(TOPIC, "t", undefined, { name: secret })).inputs).toEqual({ name: "hidden" });
  });
});

describe("diff", () => {
  const archive = (text: string) => new asset.AssetArchive({ "index.js": new asset.StringAsset(text) });
  const wireAsset = (fields: object) => ({
    "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
    ...fields,
  });
  const wireArchive = (fields: object) => ({
    "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7",
    ...fields,
  });
  const changed = async (type: string, olds: Record<string, unknown>, news: Record<string, unknown>) =>
    (await world.provider.diff(type, "id", olds, news)).changed;

  test.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
    ["nothing", { timeout: 3 }, { timeout: 3 }, []],
    ["null and undefined", { timeout: null }, { description: undefined }, []],
    ["a value", { timeout: 3 }, { timeout: 4 }, ["timeout"]],
    ["a value that goes", { timeout: 3 }, {}, ["timeout"]],
    [
      "deep values",
      { environment: { variables: { A: "1", B: "2" } } },
      { environment: { variables: { B: "3", C: "4" } } },
      ["environment.variables.A", "environment.variables.B", "environment.variables.C"],
    ],
    ["lists", { layers: [{ a: 1 }, 2] }, { layers: [{ a: 2 }] }, ["layers[0].a", "layers[1]"]],
    ["a list that was a text", { layers: "a" }, { layers: ["a"] }, ["layers"]],
    ["what is not known yet", { role: "a" }, { role: UNKNOWN_VALUE }, ["role"]],
    ["the same archive", { code: archive("1") }, { code: archive("1") }, []],
    ["another archive", { code: archive("1") }, { code: archive("2") }, ["code"]],
    ["an archive and none", { code: archive("1") }, {}, ["code"]],
    [
      "an archive of classes and of the wire",
      { code: archive("1") },
      { code: wireArchive({ assets: { "index.js": wireAsset({ text: "1" }) } }) },
      [],
    ],
    ["hashes of the wire", { code: wireArchive({ hash: "a" }) }, { code: wireArchive({ hash: "a", assets: {} }) }, []],
    ["other hashes", { code: wireArchive({ hash: "a" }) }, { code: wireArchive({ hash: "b" }) }, ["code"]],
    ["names that were filled in", { name: "f", __defaults: ["name"] }, { name: "f" }, []],
  ])("%s", async (_case, olds, news, paths) => {
    expect(await changed(FUNCTION, olds, news)).toEqual(paths);
  });

  test("files and directories are compared by what they hold, not by where they are", async () => {
    for (const folder of ["a", "b", "c"]) {
      mkdirSync(path.join(directory, folder, "lib"), { recursive: true });
      writeFileSync(path.join(directory, folder, "lib", "x.js"), folder === "c" ? "2" : "1");
    }
    const folder = (name: string) => ({ code: new asset.FileArchive(path.join(directory, name)) });
    expect(await changed(FUNCTION, folder("a"), folder("b"))).toEqual([]);
    expect(await changed(FUNCTION, folder("a"), folder("c"))).toEqual(["code"]);
    const file = new asset.FileAsset(path.join(directory, "a", "lib", "x.js"));
    expect(await changed(FUNCTION, { code: file }, { code: new asset.StringAsset("1") })).toEqual([]);
    const zip = (uri: string) => ({ code: new asset.RemoteArchive(uri) });
    expect(await changed(FUNCTION, zip("https://example.com/a.zip"), zip("https://example.com/b.zip"))).toEqual([
      "code",
    ]);
  });

  test("a type that is not simulated is an error", async () => {
    await expect(world.provider.diff("aws:ec2/vpcDhcpOptions:VpcDhcpOptions", "id", {}, {})).rejects.toThrow(
      "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
    );
  });
});

describe("create, update, read and delete", () => {
  test("outputs are the inputs and what the cloud gives; a read tells them, without a resource it tells nothing", async () => {
    const { inputs } = await world.provider.check(TOPIC, "read", undefined, { displayName: "a" });
    const { id, outputs } = await world.provider.create(TOPIC, "read", inputs);
    expect(outputs).toEqual({
      displayName: "a",
      name: "read-1c06484",
      arn: "arn:aws:sns:us-east-1:000000000000:read-1c06484",
      owner: "000000000000",
    });
    expect(await world.provider.read(TOPIC, id)).toEqual({ inputs, outputs });
    const news = { ...inputs, displayName: "b" };
    expect(await world.provider.update(TOPIC, id, news)).toEqual({ ...outputs, displayName: "b" });
    expect(await world.provider.read(TOPIC, id)).toEqual({ inputs: news, outputs: { ...outputs, displayName: "b" } });
    await world.provider.delete(TOPIC, id);
    expect(await world.provider.read(TOPIC, id)).toBeUndefined();
    await expect(world.provider.delete(TOPIC, id)).resolves.toBeUndefined();
  });

  test("a preview does nothing and tells what is known", async () => {
    const made = await world.provider.create(TOPIC, "p", { name: "p", policy: UNKNOWN_VALUE }, { preview: true });
    expect(made).toEqual({ id: "", outputs: { name: "p", policy: UNKNOWN_VALUE } });
    const { id } = await world.provider.create(TOPIC, "p", { name: "p" });
    expect(await world.provider.update(TOPIC, id, { name: "p", policy: UNKNOWN_VALUE }, { preview: true })).toEqual({
      name: "p",
      policy: UNKNOWN_VALUE,
      arn: "arn:aws:sns:us-east-1:000000000000:p",
      owner: "000000000000",
    });
    expect(await world.provider.read(TOPIC, id)).toMatchObject({ inputs: { name: "p" } });
    await world.provider.delete(TOPIC, id);
  });

  test("what is refused is refused with its name, and nothing is kept", async () => {
    await expect(world.provider.create(TOPIC, "t", { fifoTopic: true })).rejects.toThrow(
      'local: the property fifoTopic of aws:sns/topic:Topic is not simulated (resource "t"); see docs/fidelity.md',
    );
    await expect(world.provider.create(BUCKET, "Lake", { bucket: "A_B" })).rejects.toThrow(
      'local: resource "Lake" (aws:s3/bucket:Bucket): local/s3: "a_b" is not a bucket name',
    );
    await expect(world.provider.update(TOPIC, "none", {})).rejects.toThrow(
      'local: there is no aws:sns/topic:Topic with the id "none"',
    );
    expect(world.cloud.provisioner.all()).toEqual([]);
  });
});

test("provider functions answer for the account and region", async () => {
  expect(await world.provider.invoke("aws:index/getRegion:getRegion", {})).toEqual({
    id: "us-east-1",
    name: "us-east-1",
    region: "us-east-1",
  });
  await expect(world.provider.invoke("aws:ec2/getAmi:getAmi", {})).rejects.toThrow("aws:ec2/getAmi:getAmi");
});
