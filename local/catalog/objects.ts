/** Lists and reads the objects of jobs, crawlers and queries as a principal; permissions are enforced. */
import type { Principal } from "../cloud/iam/principal";
import type { CloudContext } from "../cloud/service";
import type { S3Service } from "../services/s3/service";

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
}

/** Lists objects and finds their files. */
export interface ObjectReader {
  /** Every object whose key starts with the prefix, sorted by key. */
  list(bucket: string, prefix: string): Promise<ListedObject[]>;
  /** The files of these objects; throws if the reader may not read one of them. */
  open(bucket: string, keys: readonly string[]): string[];
}

interface ListPage {
  readonly Contents?: readonly { readonly Key: string; readonly Size: number }[];
  readonly NextContinuationToken?: string;
}

/** Reads the objects of this run with a principal's permissions. */
export function objectsAs(cloud: CloudContext, principal: Principal): ObjectReader {
  return {
    async list(bucket, prefix) {
      const objects: ListedObject[] = [];
      for (let token: string | undefined; ; ) {
        const input = { Bucket: bucket, Prefix: prefix, ...(token && { ContinuationToken: token }) };
        const page = (await cloud.call(principal, "s3", "ListObjectsV2", input)) as ListPage;
        for (const { Key, Size } of page.Contents ?? []) objects.push({ key: Key, bytes: Size });
        token = page.NextContinuationToken;
        if (!token) return objects.sort((a, b) => (a.key < b.key ? -1 : 1));
      }
    },
    open(bucket, keys) {
      const s3 = cloud.service("s3") as S3Service;
      cloud.authorize(
        principal,
        keys.flatMap((key) => s3.readAccess(bucket, key)),
      );
      return keys.map((key) => s3.pathOf(bucket, key));
    },
  };
}
