/** What is left when a client goes away in the middle, and what a job hands over as a finished file. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import path from "node:path";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
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

const list = () => client.send(new ListObjectsV2Command({ Bucket: "lake" }));
const staged = () => readdirSync(path.join(local.dataDir, "s3-staging"));

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setImmediate(resolve));
}

test("an upload that breaks off leaves no object and no part of one", async () => {
  const request = http.request(`${local.url}/lake/broken`, { method: "PUT", headers: { "content-length": "1000000" } });
  request.on("error", () => {});
  request.write(Buffer.alloc(1000));
  await until(() => staged().length === 1);
  request.destroy();
  await until(() => staged().length === 0);
  expect((await list()).KeyCount).toBe(0);
});

test("a download that breaks off disturbs nobody else", async () => {
  const bytes = Buffer.alloc(8 * 1024 * 1024, "x");
  writeFileSync(path.join(local.dataDir, "s3/lake/big"), bytes);
  await new Promise<void>((resolve) => {
    http.get(`${local.url}/lake/big`, (response) => {
      response.once("data", () => {
        response.destroy();
        resolve();
      });
    });
  });
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "lake", Key: "big" }));
  expect((await Body?.transformToByteArray())?.length).toBe(bytes.length);
});

describe("a finished file", () => {
  const finished = () => {
    const file = path.join(local.dataDir, "work", "part.parquet");
    mkdirSync(path.dirname(file));
    writeFileSync(file, "hello");
    return file;
  };
  const adopt = async (action: string) => {
    const role = await local.role("job", [{ Effect: "Allow", Action: action, Resource: "arn:aws:s3:::lake/out/*" }]);
    return (local.cloud.service("s3") as S3Service).adoptFile(role, "lake", "out/part.parquet", finished());
  };

  test("becomes an object by moving", async () => {
    await adopt("s3:PutObject");
    expect((await list()).Contents?.map(({ Key, ETag }) => [Key, ETag])).toEqual([
      ["out/part.parquet", '"5d41402abc4b2a76b9719d911017c592"'],
    ]);
    expect(readdirSync(path.join(local.dataDir, "work"))).toEqual([]);
  });

  test("needs s3:PutObject", async () => {
    await expect(adopt("s3:GetObject")).rejects.toMatchObject({ code: "AccessDeniedException" });
    expect((await list()).KeyCount).toBe(0);
  });
});

test("a request without credentials is the caller's", async () => {
  const status = await new Promise((resolve) => {
    http.get(`${local.url}/lake?list-type=2`, (response) => resolve(response.resume().statusCode));
  });
  expect(status).toBe(200);
});
