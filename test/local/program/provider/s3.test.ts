/** Buckets and what describes them through the provider: changed, deleted, and refused while they hold objects. */
import { asset } from "@pulumi/pulumi";
import { type ProviderWorld, providerWorld } from "../../support/provider/world";

let world: ProviderWorld;
beforeEach(async () => {
  world = await providerWorld();
  await world.make(BUCKET, "lake", { bucket: "lake" });
});
afterEach(() => world.close());

const BUCKET = "aws:s3/bucket:Bucket";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";

const put = (Key: string, Body = "1") =>
  world.call("s3", "PutObject", { Bucket: "lake", Key, Body: Buffer.from(Body) });
const head = (Key: string) => world.call("s3", "HeadObject", { Bucket: "lake", Key });

test("a bucket that holds objects is not deleted", async () => {
  await put("raw/a");
  await expect(world.provider.delete(BUCKET, "lake")).rejects.toMatchObject({
    message:
      'local: resource "lake" (aws:s3/bucket:Bucket): The bucket you tried to delete is not empty; see docs/fidelity.md',
    cause: { code: "BucketNotEmpty", status: 409 },
  });
  await head("raw/a");
});

test("with forceDestroy it goes with all of them; its name is free, and it is not found", async () => {
  await put("raw/a");
  expect(await world.provider.update(BUCKET, "lake", { bucket: "lake", forceDestroy: true })).toEqual({
    bucket: "lake",
    forceDestroy: true,
    arn: "arn:aws:s3:::lake",
    bucketDomainName: "lake.s3.amazonaws.com",
    bucketRegionalDomainName: "lake.s3.us-east-1.amazonaws.com",
    region: "us-east-1",
  });
  await world.provider.delete(BUCKET, "lake");
  await expect(put("raw/a")).rejects.toMatchObject({ code: "NoSuchBucket" });
  await world.make(BUCKET, "lake", { bucket: "lake" });
  await expect(head("raw/a")).rejects.toMatchObject({ code: "NoSuchKey" });
});

test("an empty bucket is deleted without a word", async () => {
  await put("raw/a");
  await world.call("s3", "DeleteObject", { Bucket: "lake", Key: "raw/a" });
  await world.provider.delete(BUCKET, "lake");
  await expect(put("raw/a")).rejects.toMatchObject({ code: "NoSuchBucket" });
});

test("a bucket policy that is changed decides the next call, and deleted it denies nothing", async () => {
  const denies = (Action: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Principal: "*", Action, Resource: "arn:aws:s3:::lake/*" }],
    });
  const { id } = await world.make(POLICY, "p", { bucket: "lake", policy: denies("s3:PutObject") });
  await expect(put("a")).rejects.toThrow("explicit deny in a resource-based policy");
  await world.provider.update(POLICY, id, { bucket: "lake", policy: denies("s3:DeleteObject") });
  await put("a");
  await expect(world.call("s3", "DeleteObject", { Bucket: "lake", Key: "a" })).rejects.toThrow("explicit deny");
  await world.provider.delete(POLICY, id);
  await world.call("s3", "DeleteObject", { Bucket: "lake", Key: "a" });
});

test("another encryption applies to new objects; those that exist keep theirs", async () => {
  const rules = (sseAlgorithm: string, kmsMasterKeyId?: string) => [
    { applyServerSideEncryptionByDefault: { sseAlgorithm, ...(kmsMasterKeyId && { kmsMasterKeyId }) } },
  ];
  const { id } = await world.make(ENCRYPTION, "e", { bucket: "lake", rules: rules("aws:kms", "1234") });
  await put("a");
  await world.provider.update(ENCRYPTION, id, { bucket: "lake", rules: rules("AES256") });
  await put("b");
  expect(await head("a")).toMatchObject({ ServerSideEncryption: "aws:kms" });
  expect(await head("b")).toMatchObject({ ServerSideEncryption: "AES256" });
  await world.provider.update(ENCRYPTION, id, { bucket: "lake", rules: rules("aws:kms") });
  await world.provider.delete(ENCRYPTION, id);
  expect(await put("c")).toMatchObject({ ServerSideEncryption: "AES256" });
  expect(await head("a")).toMatchObject({ ServerSideEncryption: "aws:kms" });
  expect(await head("b")).toMatchObject({ ServerSideEncryption: "AES256" });
});

test("versioning that is deleted is suspended", async () => {
  const status = () => world.call("s3", "GetBucketVersioning", { Bucket: "lake" });
  const { id } = await world.make(VERSIONING, "v", { bucket: "lake", versioningConfiguration: { status: "Enabled" } });
  expect(await status()).toMatchObject({ Status: "Enabled" });
  await world.provider.delete(VERSIONING, id);
  expect(await status()).toMatchObject({ Status: "Suspended" });
});

test("an object is written anew and deleted", async () => {
  const inputs = (text: string) => ({ bucket: "lake", key: "jobs/x.py", source: new asset.StringAsset(text) });
  const { id, outputs } = await world.make(OBJECT, "script", inputs("1"));
  expect(outputs.etag).toBe("c4ca4238a0b923820dcc509a6f75849b");
  const updated = await world.provider.update(OBJECT, id, inputs("2"));
  expect(updated.etag).toBe("c81e728d9d4c2f636f067f89cc14862c");
  expect(await head("jobs/x.py")).toMatchObject({ ETag: '"c81e728d9d4c2f636f067f89cc14862c"' });
  await world.provider.delete(OBJECT, id);
  await expect(head("jobs/x.py")).rejects.toMatchObject({ code: "NoSuchKey" });
  await world.provider.delete(BUCKET, "lake");
});

test("an asset in the form of the wire is an object too", async () => {
  const source = {
    "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
    hash: "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
    text: "1",
  };
  const { id, outputs } = await world.make(OBJECT, "script", { bucket: "lake", key: "a", source });
  expect(outputs).toMatchObject({ etag: "c4ca4238a0b923820dcc509a6f75849b", source });
  expect((await world.provider.read(OBJECT, id))?.inputs.source).toEqual(source);
});

test("what described a bucket that is gone is deleted without a word", async () => {
  const { id } = await world.make(VERSIONING, "v", { bucket: "lake", versioningConfiguration: { status: "Enabled" } });
  const object = await world.make(OBJECT, "script", { bucket: "lake", key: "a", content: "1" });
  await world.provider.update(BUCKET, "lake", { bucket: "lake", forceDestroy: true });
  await world.provider.delete(BUCKET, "lake");
  await world.provider.delete(VERSIONING, id);
  await world.provider.delete(OBJECT, object.id);
  expect(world.cloud.provisioner.all()).toEqual([]);
});
