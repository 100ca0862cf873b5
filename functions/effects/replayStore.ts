/** Buckets as replays see them: they list page by page, and are the only ones that delete. */
import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import type { ListedObject } from "../../lake/replay/chunks";
import type { ReplayBucket } from "../../lake/replay/target";
import { environmentClient, s3ObjectStore } from "./objectStore";

/** @param client defaults to one made from the environment, once for all buckets */
export function replayBuckets(client: S3Client = environmentClient()): (name: string) => ReplayBucket {
  return (Bucket) => {
    const store = s3ObjectStore(Bucket, { client });
    return {
      async *list(prefix) {
        for await (const { key } of store.list(prefix)) yield key;
      },
      get: store.get,
      put: store.put,
      async delete(Key) {
        await client.send(new DeleteObjectCommand({ Bucket, Key }));
      },
    };
  };
}

/** One page of at most 1,000 objects whose keys lie behind `after`. */
export type ListPage = (
  bucket: string,
  prefix: string,
  after: string,
) => Promise<{ objects: ListedObject[]; isLast: boolean }>;

export function listPages(client: S3Client = environmentClient()): ListPage {
  return async (Bucket, Prefix, after) => {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix, ...(after !== "" && { StartAfter: after }) }),
    );
    const objects = (page.Contents ?? []).map(({ Key = "", Size = 0, LastModified }) => ({
      key: Key,
      size: Size,
      modifiedMillis: LastModified?.getTime() ?? 0,
    }));
    return { objects, isLast: page.IsTruncated !== true };
  };
}
