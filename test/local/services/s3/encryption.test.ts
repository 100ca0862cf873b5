/** The KMS permissions of S3's callers: which key a write, a read, a copy and a part of an upload need. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { kmsService } from "../../../../local/services/kms/service";
import { type S3Service, s3Service } from "../../../../local/services/s3/service";
import { type TestCloud, testCloud } from "../../support/testCloud";

const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const ALIAS = "aws:kms/alias:Alias";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const keyArn = (id: string) => `arn:aws:kms:eu-central-1:123456789012:key/${id}`;
const aliasArn = (name: string) => `arn:aws:kms:eu-central-1:123456789012:alias/${name}`;

let local: TestCloud;
let caller: S3Client;
const clients: S3Client[] = [];
beforeEach(async () => {
  local = await testCloud(s3Service, kmsService);
  caller = new S3Client(local.clientConfig());
  clients.push(caller);
  await local.declare("aws:s3/bucket:Bucket", "lake", { bucket: "lake" });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await local.close();
});

const encryptWith = (kmsMasterKeyId?: string) =>
  local.declare(ENCRYPTION, "e", {
    bucket: "lake",
    rules: [
      {
        applyServerSideEncryptionByDefault:
          kmsMasterKeyId === undefined ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsMasterKeyId },
      },
    ],
  });
/** A client of a role that may read and write every object, and use keys as given: action → key ids. */
async function roleWith(name: string, uses: Readonly<Record<string, readonly string[]>>): Promise<S3Client> {
  const statements = [
    { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::lake/*" },
    { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::lake" },
    ...Object.entries(uses).map(([Action, ids]) => ({ Effect: "Allow", Action, Resource: ids.map(keyArn) })),
  ];
  const client = new S3Client(local.clientConfig(await local.role(name, statements)));
  clients.push(client);
  return client;
}
const put = (Key: string, client = caller) => client.send(new PutObjectCommand({ Bucket: "lake", Key, Body: Key }));
const get = async (Key: string, client = caller) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "lake", Key }));
  return Body?.transformToString();
};
const switchKey = (operation: "DisableKey" | "EnableKey", KeyId: string) =>
  local.cloud.call({ kind: "caller" }, "kms", operation, { KeyId });

test("an object is read with the key of its write, whatever the bucket's key is since", async () => {
  await put("plain");
  await encryptWith(keyArn("k1"));
  await put("first");
  await encryptWith(keyArn("k2"));
  await put("second");
  const reader = await roleWith("reader", { "kms:Decrypt": ["k1"] });
  expect([await get("plain", reader), await get("first", reader)]).toEqual(["plain", "first"]);
  await expect(get("second", reader)).rejects.toThrow(`kms:Decrypt on resource: ${keyArn("k2")}`);
  await encryptWith();
  expect(await get("first", reader)).toBe("first");
  await expect(get("second", reader)).rejects.toThrow(`kms:Decrypt on resource: ${keyArn("k2")}`);
});

test("an object that is overwritten has the key of the last write", async () => {
  await encryptWith(keyArn("k1"));
  await put("a");
  await encryptWith(keyArn("k2"));
  const writer = await roleWith("writer", { "kms:GenerateDataKey": ["k2"], "kms:Decrypt": ["k2"] });
  await expect(get("a", writer)).rejects.toThrow(`kms:Decrypt on resource: ${keyArn("k1")}`);
  await put("a", writer);
  expect(await get("a", writer)).toBe("a");
});

test("a missing object needs no key", async () => {
  await encryptWith(keyArn("k1"));
  await expect(get("none", await roleWith("reader", {}))).rejects.toMatchObject({ name: "NoSuchKey" });
});

test("a file that something else put there has the bucket's key", async () => {
  await encryptWith(keyArn("k1"));
  writeFileSync(path.join(local.dataDir, "s3/lake/found"), "found");
  await expect(get("found", await roleWith("reader", {}))).rejects.toThrow(`kms:Decrypt on resource: ${keyArn("k1")}`);
  expect(await get("found", await roleWith("other", { "kms:Decrypt": ["k1"] }))).toBe("found");
  expect((await caller.send(new HeadObjectCommand({ Bucket: "lake", Key: "found" }))).ServerSideEncryption).toBe(
    "aws:kms",
  );
});

test("a file that a service moves into a bucket has the bucket's key", async () => {
  await encryptWith(keyArn("k1"));
  const file = path.join(local.dataDir, "finished");
  writeFileSync(file, "rows");
  await (local.cloud.service("s3") as S3Service).adoptFile({ kind: "caller" }, "lake", "rows", file);
  await encryptWith();
  await expect(get("rows", await roleWith("reader", {}))).rejects.toThrow(`kms:Decrypt on resource: ${keyArn("k1")}`);
});

test("a copy is read with the source's key and written with the bucket's", async () => {
  await encryptWith(keyArn("k1"));
  await put("a");
  await encryptWith(keyArn("k2"));
  const copy = (client: S3Client) =>
    client.send(new CopyObjectCommand({ Bucket: "lake", Key: "b", CopySource: "lake/a" }));
  await expect(copy(await roleWith("writer", { "kms:GenerateDataKey": ["k2"] }))).rejects.toThrow(
    `kms:Decrypt on resource: ${keyArn("k1")}`,
  );
  await expect(copy(await roleWith("reader", { "kms:Decrypt": ["k1"] }))).rejects.toThrow(
    `kms:GenerateDataKey on resource: ${keyArn("k2")}`,
  );
  await copy(await roleWith("both", { "kms:Decrypt": ["k1"], "kms:GenerateDataKey": ["k2"] }));
  expect(await get("b", await roleWith("after", { "kms:Decrypt": ["k2"] }))).toBe("a");
});

test("an upload in parts begins with kms:GenerateDataKey and continues with kms:Decrypt, with the key of its begin", async () => {
  await encryptWith(keyArn("k1"));
  await put("source");
  const target = { Bucket: "lake", Key: "big" };
  const writer = await roleWith("writer", { "kms:GenerateDataKey": ["k1"] });
  const { UploadId } = await writer.send(new CreateMultipartUploadCommand(target));
  await encryptWith(keyArn("k2"));
  const part = { ...target, UploadId, PartNumber: 1 };
  const denied = `kms:Decrypt on resource: ${keyArn("k1")}`;
  await expect(writer.send(new UploadPartCommand({ ...part, Body: "1" }))).rejects.toThrow(denied);
  const both = await roleWith("both", { "kms:Decrypt": ["k1"] });
  const copied = await both.send(new UploadPartCopyCommand({ ...part, CopySource: "lake/source" }));
  expect(copied.CopyPartResult?.ETag).toBe('"36cd38f49b9afa08222c0dc9ebfe35eb"');
  const { ETag } = await both.send(new UploadPartCommand({ ...part, Body: "1" }));
  const completed = { ...target, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
  await expect(writer.send(new CompleteMultipartUploadCommand(completed))).rejects.toThrow(denied);
  await both.send(new CompleteMultipartUploadCommand(completed));
  await expect(get("big", writer)).rejects.toThrow(denied);
  expect(await get("big", both)).toBe("1");
});

test("an upload in parts whose key is disabled stops", async () => {
  const { outputs } = await local.declare("aws:kms/key:Key", "key", {});
  await encryptWith(String(outputs.arn));
  const target = { Bucket: "lake", Key: "big" };
  const { UploadId } = await caller.send(new CreateMultipartUploadCommand(target));
  await switchKey("DisableKey", String(outputs.keyId));
  await expect(
    caller.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "1" })),
  ).rejects.toMatchObject({ name: "KMS.DisabledException", message: `${outputs.arn} is disabled.` });
});

test("AWS's own key needs no permission, by its alias or without a key", async () => {
  const writer = await roleWith("writer", {});
  for (const alias of ["alias/aws/s3", aliasArn("aws/s3")]) {
    await encryptWith(alias);
    await put("a", writer);
    expect(await get("a", writer)).toBe("a");
  }
});

describe("a key by its alias", () => {
  test.each([
    ["name", "alias/lake"],
    ["ARN", aliasArn("lake")],
  ])("given by its %s, needs permission for the key", async (_form, alias) => {
    await local.declare(ALIAS, "alias", { name: "alias/lake", targetKeyId: "k1" });
    await encryptWith(alias);
    await expect(put("a", await roleWith("nobody", {}))).rejects.toThrow(
      `kms:GenerateDataKey on resource: ${keyArn("k1")}`,
    );
    const writer = await roleWith("writer", { "kms:GenerateDataKey": ["k1"], "kms:Decrypt": ["k1"] });
    await put("a", writer);
    expect(await get("a", writer)).toBe("a");
  });

  test("refuses while the key is disabled, the objects that the program declares too", async () => {
    const { outputs } = await local.declare("aws:kms/key:Key", "key", {});
    await local.declare(ALIAS, "alias", { name: "alias/lake", targetKeyId: outputs.arn });
    await encryptWith("alias/lake");
    await put("a");
    await switchKey("DisableKey", String(outputs.keyId));
    const refused = { code: "KMS.DisabledException", message: `${outputs.arn} is disabled.` };
    await expect(put("b")).rejects.toMatchObject({ name: refused.code, message: refused.message });
    await expect(get("a")).rejects.toMatchObject({ name: refused.code, message: refused.message });
    const declared = local.declare(OBJECT, "o", { bucket: "lake", key: "o", content: "o" });
    await expect(declared).rejects.toMatchObject(refused);
    await switchKey("EnableKey", String(outputs.keyId));
    expect(await get("a")).toBe("a");
  });

  test("is the key of new objects from the moment that the alias names it", async () => {
    const alias = { name: "alias/lake", targetKeyId: "k1" };
    const { id } = await local.declare(ALIAS, "alias", alias);
    await encryptWith("alias/lake");
    await put("first");
    const simulation = local.cloud.service("kms").resources[ALIAS];
    await simulation?.update?.(id, { type: ALIAS, name: "alias", inputs: { ...alias, targetKeyId: "k2" } }, alias);
    await put("second");
    const reader = await roleWith("reader", { "kms:Decrypt": ["k1"] });
    expect(await get("first", reader)).toBe("first");
    await expect(get("second", reader)).rejects.toThrow(`kms:Decrypt on resource: ${keyArn("k2")}`);
    await simulation?.delete(id, { type: ALIAS, name: "alias", inputs: alias });
    expect(await get("first", reader)).toBe("first");
    await expect(put("third")).rejects.toMatchObject({
      name: "KMS.NotFoundException",
      message: `Alias ${aliasArn("lake")} is not found.`,
    });
  });
});
