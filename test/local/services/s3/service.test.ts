/** S3 through the SDK's client: objects of every size and key, conditions, ranges, lists, multipart, and who may what. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { createCloud } from "../../../../local/cloud/createCloud";
import { type S3Service, s3Service } from "../../../../local/services/s3/service";
import { type TestCloud, testCloud } from "../../support/testCloud";

let local: TestCloud;
let client: S3Client;
beforeEach(async () => {
  local = await testCloud(s3Service);
  client = new S3Client(local.clientConfig());
  await local.declare("aws:s3/bucket:Bucket", "lake", { bucket: "lake" });
});
afterEach(async () => {
  client.destroy();
  await local.close();
});

const service = () => local.cloud.service("s3") as S3Service;
const put = (Key: string, Body: string | Uint8Array | Readable = Key, more: object = {}) =>
  client.send(new PutObjectCommand({ Bucket: "lake", Key, Body, ...more }));
const get = async (Key: string, more: Partial<GetObjectCommandInput> = {}) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "lake", Key, ...more }));
  return Body?.transformToString();
};
const keysOf = (answer: { Contents?: { Key?: string }[] }) => (answer.Contents ?? []).map(({ Key }) => Key);

test("an object is a plain file with its bytes, its MD5 and its headers", async () => {
  const answer = await put("raw/a.txt", "hello", { ContentType: "text/plain", Metadata: { Origin: "t\u0065st" } });
  expect(answer.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
  expect(readFileSync(path.join(local.dataDir, "s3/lake/raw/a.txt"), "utf8")).toBe("hello");
  const head = await client.send(new HeadObjectCommand({ Bucket: "lake", Key: "raw/a.txt" }));
  expect(head).toMatchObject({
    ContentLength: 5,
    ContentType: "text/plain",
    ETag: '"5d41402abc4b2a76b9719d911017c592"',
    Metadata: { origin: "test" },
    ServerSideEncryption: "AES256",
  });
  expect(await get("raw/a.txt")).toBe("hello");
});

test("an object is as old as the run's clock says", async () => {
  local.advance(90_000);
  await put("a");
  const head = await client.send(new HeadObjectCommand({ Bucket: "lake", Key: "a" }));
  expect(head.LastModified).toEqual(new Date("2026-11-20T10:01:30.000Z"));
});

test("an object that is deleted while a page is made is not on it", async () => {
  await put("a");
  await put("b");
  const page = local.cloud.call({ kind: "caller" }, "s3", "ListObjectsV2", { Bucket: "lake" });
  const remove = () => local.cloud.call({ kind: "caller" }, "s3", "DeleteObject", { Bucket: "lake", Key: "a" });
  const [listed] = await Promise.all([page, remove()]);
  expect(["b", "a,b"]).toContain(keysOf(listed as object).join());
});

test("an empty object is an object", async () => {
  await put("empty", "", { ContentLength: 0 });
  expect(await get("empty")).toBe("");
});

test.each<ChecksumAlgorithm>(["CRC32", "CRC32C", "SHA1", "SHA256"])(
  "a stream with a %s trailer lands without its framing",
  async (ChecksumAlgorithm) => {
    const bytes = Buffer.alloc(300_000, "streamed ");
    await put("stream", Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]), {
      ContentLength: bytes.length,
      ChecksumAlgorithm,
    });
    expect(readFileSync(service().pathOf("lake", "stream")).equals(bytes)).toBe(true);
  },
);

test.each([
  ["CRC32", { ChecksumCRC32: "AAAAAA==" }],
  ["CRC64NVME", { ChecksumCRC64NVME: "AAAAAAAAAAA=" }],
  ["SHA256", { ChecksumSHA256: createHash("sha256").update("other").digest("base64") }],
  ["Content-MD5", { ContentMD5: createHash("md5").update("other").digest("base64") }],
])("a wrong %s is refused and nothing is kept", async (_name, more) => {
  await expect(put("bad", "hello", more)).rejects.toMatchObject({ name: "BadDigest" });
  expect(readdirSync(path.join(local.dataDir, "s3/lake"))).toEqual([]);
  expect(readdirSync(path.join(local.dataDir, "s3-staging"))).toEqual([]);
});

test("CRC64NVME is computed as its standard says", async () => {
  // The check value of the CRC catalogue for "123456789".
  const ChecksumCRC64NVME = Buffer.from("ae8b14860a799888", "hex").toString("base64");
  await put("crc", "123456789", { ChecksumCRC64NVME });
  expect(await get("crc")).toBe("123456789");
});

test("create-only writes once", async () => {
  await put("once", "first", { IfNoneMatch: "*" });
  await expect(put("once", "second", { IfNoneMatch: "*" })).rejects.toMatchObject({
    name: "PreconditionFailed",
    $metadata: { httpStatusCode: 412 },
  });
  expect(await get("once")).toBe("first");
});

test("of many create-only writes at once exactly one succeeds", async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) => put("race", String(index), { IfNoneMatch: "*" })),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBe(1);
});

test.each([
  ["bytes=0-0", "h"],
  ["bytes=1-3", "ell"],
  ["bytes=3-", "lo"],
  ["bytes=-2", "lo"],
  ["bytes=-99", "hello"],
  ["bytes=3-99", "lo"],
])("the range %s of hello is %s", async (Range, expected) => {
  await put("r", "hello");
  expect(await get("r", { Range })).toBe(expected);
});

test("a range past the end is 416", async () => {
  await put("r", "hello");
  await expect(get("r", { Range: "bytes=5-" })).rejects.toMatchObject({
    name: "InvalidRange",
    $metadata: { httpStatusCode: 416 },
  });
});

const etag = '"5d41402abc4b2a76b9719d911017c592"';
test.each([
  ["a matching If-Match", { IfMatch: etag }, 200],
  ["another If-Match", { IfMatch: '"x"' }, 412],
  ["a matching If-None-Match", { IfNoneMatch: etag }, 304],
  ["another If-None-Match", { IfNoneMatch: '"x"' }, 200],
  ["If-Modified-Since in the future", { IfModifiedSince: new Date("2100-01-01") }, 304],
  ["If-Unmodified-Since long ago", { IfUnmodifiedSince: new Date("2000-01-01") }, 412],
])("%s is answered as RFC 9110 says", async (_what, conditions, status) => {
  await put("c", "hello");
  const answer = await get("c", conditions).then(
    () => 200,
    (error: { $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode,
  );
  expect(answer).toBe(status);
});

test.each([
  "../../outside",
  "/absolute",
  "a//b",
  "trailing/",
  "plus+space %25 %",
  "ü/😀/\u0001",
  "<&>\"'",
  "x".repeat(1024),
  "%self",
  "..",
])("the key %j is kept inside its bucket and listed as it was", async (key) => {
  await put(key, "x");
  expect(
    service()
      .pathOf("lake", key)
      .startsWith(path.join(local.dataDir, "s3", "lake") + path.sep),
  ).toBe(true);
  expect(await get(key)).toBe("x");
  expect(
    keysOf(await client.send(new ListObjectsV2Command({ Bucket: "lake", EncodingType: "url" }))).map((found) =>
      decodeURIComponent(found ?? ""),
    ),
  ).toEqual([key]);
  await client.send(new DeleteObjectCommand({ Bucket: "lake", Key: key }));
  expect(readdirSync(path.join(local.dataDir, "s3/lake"))).toEqual([]);
});

test("a key of more than 1024 bytes is refused", async () => {
  await expect(put("ü".repeat(513), "x")).rejects.toMatchObject({ name: "KeyTooLongError" });
});

test.each([[["a", "a/b", "a/b/c"]], [["a/b/c", "a/b", "a"]]])(
  "keys that begin with each other live side by side (%j)",
  async (keys) => {
    for (const key of keys) await put(key, `= ${key}`);
    expect(await Promise.all(keys.map((key) => get(key)))).toEqual(keys.map((key) => `= ${key}`));
    expect(keysOf(await client.send(new ListObjectsV2Command({ Bucket: "lake" })))).toEqual(["a", "a/b", "a/b/c"]);
  },
);

test("keys are listed by their bytes, page by page", async () => {
  const keys = [
    "a",
    "a!",
    "a-b",
    "a/%",
    "a/b",
    "a/b!",
    "a0",
    `${"l".repeat(240)}`,
    `${"l".repeat(240)}!`,
    `${"l".repeat(241)}`,
    `${"l".repeat(240)}/x`,
    "\uFFFD",
    "\u{1F600}",
  ];
  for (const key of keys) await put(key, "x");
  const pages: string[] = [];
  for await (const page of paginateListObjectsV2({ client, pageSize: 2 }, { Bucket: "lake" }))
    pages.push(...(keysOf(page) as string[]));
  expect(pages).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
});

describe("a bucket with the hours of two tables", () => {
  const keys = ["raw/orders/h=1/x", "raw/orders/h=2/x", "raw/records/h=1/x", "raw/records/h=1/y", "raw/x", "z"];
  beforeEach(async () => {
    for (const key of keys) await put(key, "x");
  });

  test("lists a prefix with its common prefixes", async () => {
    const answer = await client.send(new ListObjectsV2Command({ Bucket: "lake", Prefix: "raw/", Delimiter: "/" }));
    expect({
      keys: keysOf(answer),
      prefixes: answer.CommonPrefixes?.map(({ Prefix }) => Prefix),
      count: answer.KeyCount,
    }).toEqual({
      keys: ["raw/x"],
      prefixes: ["raw/orders/", "raw/records/"],
      count: 3,
    });
  });

  test("counts common prefixes as entries of a page", async () => {
    const found: (string | undefined)[] = [];
    for await (const page of paginateListObjectsV2(
      { client, pageSize: 1 },
      { Bucket: "lake", Prefix: "raw/", Delimiter: "/" },
    )) {
      found.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix), ...keysOf(page));
    }
    expect(found).toEqual(["raw/orders/", "raw/records/", "raw/x"]);
  });

  test("takes a prefix that ends within a name, and a start", async () => {
    const inName = await client.send(new ListObjectsV2Command({ Bucket: "lake", Prefix: "raw/rec" }));
    expect(keysOf(inName)).toEqual(["raw/records/h=1/x", "raw/records/h=1/y"]);
    const after = await client.send(new ListObjectsV2Command({ Bucket: "lake", StartAfter: "raw/records/h=1/x" }));
    expect(keysOf(after)).toEqual(["raw/records/h=1/y", "raw/x", "z"]);
  });

  test("lists by version 1 with markers", async () => {
    const first = await client.send(new ListObjectsCommand({ Bucket: "lake", Delimiter: "/", MaxKeys: 1 }));
    expect([first.CommonPrefixes?.[0]?.Prefix, first.NextMarker]).toEqual(["raw/", "raw/"]);
    const second = await client.send(
      new ListObjectsCommand({ Bucket: "lake", Delimiter: "/", Marker: first.NextMarker }),
    );
    expect(keysOf(second)).toEqual(["z"]);
  });

  test("deletes many at once and leaves no empty directories", async () => {
    const Objects = [...keys, "never/was"].map((Key) => ({ Key }));
    const answer = await client.send(new DeleteObjectsCommand({ Bucket: "lake", Delete: { Objects } }));
    expect(answer.Deleted?.length).toBe(7);
    expect(readdirSync(path.join(local.dataDir, "s3/lake"))).toEqual([]);
  });
});

test("a file that other means put into the bucket is an object", async () => {
  writeFileSync(path.join(service().bucketDir("lake"), "part-0.parquet"), "hello");
  const head = await client.send(new HeadObjectCommand({ Bucket: "lake", Key: "part-0.parquet" }));
  expect([head.ETag, head.ContentType]).toEqual([etag, "application/octet-stream"]);
});

test("a copy has the source's bytes and headers", async () => {
  await put("a b/ü", "hello", { ContentType: "text/x" });
  await client.send(new CopyObjectCommand({ Bucket: "lake", Key: "copy", CopySource: encodeURI("lake/a b/ü") }));
  const head = await client.send(new HeadObjectCommand({ Bucket: "lake", Key: "copy" }));
  expect([await get("copy"), head.ContentType]).toEqual(["hello", "text/x"]);
});

describe("a multipart upload", () => {
  const target = { Bucket: "lake", Key: "big" };
  const parts = [Buffer.alloc(5 * 1024 * 1024, "a"), Buffer.from("end")];

  async function upload() {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...target, ContentType: "text/x" }));
    const Parts = [];
    for (const [index, Body] of parts.entries()) {
      const { ETag } = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: index + 1, Body }));
      Parts.push({ PartNumber: index + 1, ETag });
    }
    return { UploadId, Parts };
  }

  test("joins its parts, and its ETag counts them", async () => {
    const { UploadId, Parts } = await upload();
    expect(existsSync(service().pathOf("lake", "big"))).toBe(false);
    const done = await client.send(
      new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
    );
    const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();
    expect(done.ETag).toBe(`"${md5(Buffer.concat(parts.map(md5))).toString("hex")}-2"`);
    expect(readFileSync(service().pathOf("lake", "big")).equals(Buffer.concat(parts))).toBe(true);
    expect(readdirSync(path.join(local.dataDir, "s3-staging"))).toEqual([]);
  });

  test("refuses parts out of order, unknown and too small", async () => {
    const { UploadId, Parts } = await upload();
    const complete = (given: object[]) =>
      client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: given } }));
    await expect(complete([...Parts].reverse())).rejects.toMatchObject({ name: "InvalidPartOrder" });
    await expect(complete([{ PartNumber: 1, ETag: '"x"' }])).rejects.toMatchObject({ name: "InvalidPart" });
  });

  test("takes its parts from other objects, whole or by range", async () => {
    const source = Buffer.concat([Buffer.alloc(5 * 1024 * 1024, "a"), Buffer.from("0123456789")]);
    await put("raw/a source", source);
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const copy = async (PartNumber: number, CopySourceRange?: string) => {
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({
          ...target,
          UploadId,
          PartNumber,
          CopySource: "lake/raw/a%20source",
          CopySourceRange,
        }),
      );
      expect(CopyPartResult?.LastModified).toEqual(expect.any(Date));
      return { PartNumber, ETag: CopyPartResult?.ETag };
    };
    const Parts = [await copy(1), await copy(2, `bytes=${source.length - 4}-${source.length - 1}`)];
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    const copied = readFileSync(service().pathOf("lake", "big"));
    expect(copied.equals(Buffer.concat([source, Buffer.from("6789")]))).toBe(true);
  });

  test.each(["bytes=0-5", "bytes=3-2", "bytes=1-", "0-1"])("takes no part of %s from five bytes", async (range) => {
    await put("five", "12345");
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const part = { ...target, UploadId, PartNumber: 1, CopySource: "lake/five", CopySourceRange: range };
    await expect(client.send(new UploadPartCopyCommand(part))).rejects.toMatchObject({ name: "InvalidArgument" });
  });

  test("leaves nothing when it is aborted", async () => {
    const { UploadId, Parts } = await upload();
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
    const complete = client.send(
      new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
    );
    await expect(complete).rejects.toMatchObject({ name: "NoSuchUpload" });
    expect(readdirSync(path.join(local.dataDir, "s3-staging"))).toEqual([]);
  });
});

describe("permissions", () => {
  const bucket = "arn:aws:s3:::lake";
  const as = async (...statements: object[]) =>
    new S3Client(local.clientConfig(await local.role("reader", statements)));
  const allow = (Action: string | string[], Resource: string, Condition?: object) => ({
    Effect: "Allow",
    Action,
    Resource,
    ...(Condition && { Condition }),
  });
  const head = (by: S3Client, Key: string) => by.send(new HeadObjectCommand({ Bucket: "lake", Key }));

  test("HeadObject asks for s3:GetObject", async () => {
    await put("a");
    const reader = await as(allow("s3:GetObject", `${bucket}/*`));
    expect((await head(reader, "a")).ContentLength).toBe(1);
    const writer = new S3Client(local.clientConfig(await local.role("writer", [allow("s3:PutObject", `${bucket}/*`)])));
    await expect(head(writer, "a")).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  test("a missing key is denied to whom may not list, and told to whom may", async () => {
    const reader = await as(allow("s3:GetObject", `${bucket}/*`));
    await expect(reader.send(new GetObjectCommand({ Bucket: "lake", Key: "none" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    const lister = new S3Client(
      local.clientConfig(
        await local.role("lister", [allow("s3:GetObject", `${bucket}/*`), allow("s3:ListBucket", bucket)]),
      ),
    );
    await expect(lister.send(new GetObjectCommand({ Bucket: "lake", Key: "none" }))).rejects.toMatchObject({
      name: "NoSuchKey",
    });
  });

  test("a list is held against the condition on its prefix", async () => {
    const reader = await as(allow("s3:ListBucket", bucket, { StringLike: { "s3:prefix": "raw/*" } }));
    expect((await reader.send(new ListObjectsV2Command({ Bucket: "lake", Prefix: "raw/x" }))).KeyCount).toBe(0);
    await expect(reader.send(new ListObjectsV2Command({ Bucket: "lake" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });

  test("a copy asks for both ends", async () => {
    await put("a");
    const writer = await as(allow("s3:PutObject", `${bucket}/*`));
    const copy = writer.send(new CopyObjectCommand({ Bucket: "lake", Key: "b", CopySource: "lake/a" }));
    await expect(copy).rejects.toThrow("s3:GetObject on resource: arn:aws:s3:::lake/a");
  });

  test("a part that is copied asks for both ends", async () => {
    await put("a");
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: "lake", Key: "b" }));
    const part = { Bucket: "lake", Key: "b", UploadId, PartNumber: 1, CopySource: "lake/a" };
    const writer = await as(allow("s3:PutObject", `${bucket}/*`));
    await expect(writer.send(new UploadPartCopyCommand(part))).rejects.toThrow(
      "s3:GetObject on resource: arn:aws:s3:::lake/a",
    );
    const reader = new S3Client(local.clientConfig(await local.role("other", [allow("s3:GetObject", `${bucket}/*`)])));
    await expect(reader.send(new UploadPartCopyCommand(part))).rejects.toThrow(
      "s3:PutObject on resource: arn:aws:s3:::lake/b",
    );
  });

  test("where a bucket is may be asked with s3:GetBucketLocation alone", async () => {
    const asker = await as(allow("s3:GetBucketLocation", bucket));
    const { LocationConstraint } = await asker.send(new GetBucketLocationCommand({ Bucket: "lake" }));
    expect(LocationConstraint).toBe("eu-central-1");
    await expect(asker.send(new HeadBucketCommand({ Bucket: "lake" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });

  test("a bucket of us-east-1 has no location constraint", async () => {
    const { clock, random, dataDir } = local.cloud;
    const s3 = s3Service(createCloud({ region: "us-east-1", accountId: "123456789012", clock, random, dataDir }));
    await s3.resources["aws:s3/bucket:Bucket"]?.create({
      type: "aws:s3/bucket:Bucket",
      name: "first",
      inputs: { bucket: "first" },
    });
    const context = { principal: { kind: "caller" }, requestId: "1" } as const;
    const asked = s3.operations.GetBucketLocation?.run({ Bucket: "first" } as never, context as never);
    expect(await asked).toEqual({ LocationConstraint: undefined });
  });

  test("of many deletes each is decided by itself", async () => {
    await put("mine/a");
    await put("yours/a");
    const deleter = await as(allow("s3:DeleteObject", `${bucket}/mine/*`));
    const Objects = [{ Key: "mine/a" }, { Key: "yours/a" }];
    const answer = await deleter.send(new DeleteObjectsCommand({ Bucket: "lake", Delete: { Objects } }));
    expect([answer.Deleted?.map(({ Key }) => Key), answer.Errors?.map(({ Key, Code }) => [Key, Code])]).toEqual([
      ["mine/a"],
      [["yours/a", "AccessDenied"]],
    ]);
  });

  test("a bucket policy denies the caller too, and its TLS condition sees TLS", async () => {
    const deny = (Action: string, Condition?: object) => ({
      ...allow(Action, `${bucket}/*`, Condition),
      Effect: "Deny",
      Principal: "*",
    });
    const Statement = [deny("s3:*", { Bool: { "aws:SecureTransport": "false" } }), deny("s3:DeleteObject")];
    await local.declare("aws:s3/bucketPolicy:BucketPolicy", "p", {
      bucket: "lake",
      policy: JSON.stringify({ Version: "2012-10-17", Statement }),
    });
    await put("a");
    await expect(client.send(new DeleteObjectCommand({ Bucket: "lake", Key: "a" }))).rejects.toThrow(
      "with an explicit deny in a resource-based policy",
    );
  });

  test("a bucket with a key of one's own asks for that key", async () => {
    const kmsMasterKeyId = "arn:aws:kms:eu-central-1:123456789012:key/k1";
    const rules = [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId }, bucketKeyEnabled: true },
    ];
    await local.declare("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "e", {
      bucket: "lake",
      rules,
    });
    const writer = await as(allow("s3:PutObject", `${bucket}/*`));
    const call = writer.send(new PutObjectCommand({ Bucket: "lake", Key: "a", Body: "x" }));
    await expect(call).rejects.toThrow(`kms:GenerateDataKey on resource: ${kmsMasterKeyId}`);
  });
});

test("an unknown bucket is told", async () => {
  await expect(client.send(new ListObjectsV2Command({ Bucket: "none" }))).rejects.toMatchObject({
    name: "NoSuchBucket",
  });
  await expect(client.send(new HeadBucketCommand({ Bucket: "none" }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  });
});

test("buckets are listed", async () => {
  expect((await client.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual(["lake"]);
});

test.each([
  [
    "creating a bucket",
    () => new CreateBucketCommand({ Bucket: "new" }),
    "local/s3: PUT of a bucket is not simulated; see docs/fidelity.md",
  ],
  [
    "tags",
    () => new GetObjectTaggingCommand({ Bucket: "lake", Key: "a" }),
    'local/s3: the query parameter "tagging" (GET of a object) is not simulated',
  ],
  [
    "a version",
    () => new GetObjectCommand({ Bucket: "lake", Key: "a", VersionId: "v" }),
    "local/s3: reading a version of an object is not simulated",
  ],
])("%s is refused by name", async (_what, command, message) => {
  await expect(client.send(command() as GetObjectCommand)).rejects.toThrow(message);
});

test("an object that the program declares is there", async () => {
  const inputs = { bucket: "lake", key: "jobs/x.py", content: "print()", contentType: "text/x-python" };
  const { outputs } = await local.declare("aws:s3/bucketObjectv2:BucketObjectv2", "script", inputs);
  expect([outputs.key, await get("jobs/x.py")]).toEqual(["jobs/x.py", "print()"]);
});

test.each([
  ["a name with upper case", { bucket: "Lake_1" }, '"lake_1" is not a bucket name'],
  ["a name that is taken", { bucket: "lake" }, 'the bucket name "lake" is taken'],
])("%s is refused with the resource's name", async (_what, inputs, message) => {
  await expect(local.declare("aws:s3/bucket:Bucket", "second", inputs)).rejects.toThrow(message);
});
