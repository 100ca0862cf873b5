/** What lies in a bucket below a prefix, by ordinary calls. */
import { GetObjectCommand, ListObjectsV2Command, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";

/** Bodies by key. */
export async function objectsBelow(s3: S3Client, Bucket: string, Prefix: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const Key of await keysBelow(s3, Bucket, Prefix)) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    found.set(Key, Buffer.from((await Body?.transformToByteArray()) ?? []));
  }
  return found;
}

export async function keysBelow(s3: S3Client, Bucket: string, Prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ""));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return keys;
}

/** Of all objects together: one more for each time that one was written. */
export async function countVersions(s3: S3Client, Bucket: string, Prefix: string): Promise<number> {
  const { Versions = [], IsTruncated } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
  if (IsTruncated) throw new Error(`more than ${Versions.length} versions lie below ${Prefix}`);
  return Versions.length;
}
