/** The handlers' conditional writes by the SDK's own client against the simulated S3: of two writers one comes first. */
import { DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DataLake } from "streamlake";
import { s3ObjectStore } from "../../../../functions/effects/objectStore";
import { systemClock } from "../../../../local/cloud/clock";
import type { LocalCloud } from "../../../../local/startLocal";
import { start, stopAll } from "../../support/start";

let cloud: LocalCloud;
let client: S3Client;

beforeAll(async () => {
  cloud = await start(() => ({ bucket: new DataLake("lake").bucketName }), { clock: systemClock });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  client = new S3Client({ region: cloud.region, endpoint: cloud.endpoint, credentials });
});
afterAll(async () => {
  client.destroy();
  await stopAll();
});

const store = () => s3ObjectStore(String(cloud.outputs.bucket), { client });
const text = async (key: string) => Buffer.from((await store().get(key)) ?? "none").toString();

test("of two that read the same version, one replaces it, and the other is told", async () => {
  expect(await store().putIfUnchanged("ledger/a", Buffer.from("one"), undefined)).toBe(true);
  const [first, second] = await Promise.all([store().getVersion("ledger/a"), store().getVersion("ledger/a")]);
  expect(await store().putIfUnchanged("ledger/a", Buffer.from("two"), first?.version)).toBe(true);
  expect(await store().putIfUnchanged("ledger/a", Buffer.from("three"), second?.version)).toBe(false);
  expect(await text("ledger/a")).toBe("two");
});

test("of many that create an object at once, one does", async () => {
  const writers = Array.from({ length: 8 }, (_, n) =>
    store().putIfUnchanged("ledger/b", Buffer.from(`writer ${n}`), undefined),
  );
  const outcomes = await Promise.all(writers);
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect(await text("ledger/b")).toBe(`writer ${outcomes.indexOf(true)}`);
});

test("of many that replace a version at once, one does, and each of the others can read what it wrote", async () => {
  await store().put("ledger/c", Buffer.from("before"));
  const { version } = (await store().getVersion("ledger/c")) ?? {};
  const writers = Array.from({ length: 8 }, (_, n) =>
    store().putIfUnchanged("ledger/c", Buffer.from(`writer ${n}`), version),
  );
  const outcomes = await Promise.all(writers);
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect(await text("ledger/c")).toBe(`writer ${outcomes.indexOf(true)}`);
});

test("an object that is gone is no version to replace", async () => {
  await store().put("ledger/d", Buffer.from("before"));
  const { version } = (await store().getVersion("ledger/d")) ?? {};
  await client.send(new DeleteObjectCommand({ Bucket: String(cloud.outputs.bucket), Key: "ledger/d" }));
  expect(await store().putIfUnchanged("ledger/d", Buffer.from("after"), version)).toBe(false);
  expect(await store().get("ledger/d")).toBeUndefined();
});

test("the same bytes are the same version, as S3's ETag has it", async () => {
  await store().put("ledger/e", Buffer.from("same"));
  const { version } = (await store().getVersion("ledger/e")) ?? {};
  await store().put("ledger/e", Buffer.from("same"));
  expect(await store().putIfUnchanged("ledger/e", Buffer.from("new"), version)).toBe(true);
});
