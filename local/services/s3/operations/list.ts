/** ListObjectsV2, ListObjects, ListBuckets and the other operations on buckets. */
import { type Access, type Operation, ServiceError } from "../../../cloud/service";
import { type Buckets, bucketArn } from "../buckets";
import { invalidArgument } from "../errors";

interface ListInput {
  readonly Bucket: string;
  readonly Prefix?: string;
  readonly Delimiter?: string;
  readonly MaxKeys?: number;
  readonly ContinuationToken?: string;
  readonly StartAfter?: string;
}

type ListV1Input = Omit<ListInput, "ContinuationToken" | "StartAfter"> & { readonly Marker?: string };

interface BucketInput {
  readonly Bucket: string;
}

interface ListedObject {
  readonly Key: string;
  readonly LastModified: Date;
  readonly ETag: string;
  readonly Size: number;
  readonly StorageClass: "STANDARD";
}

interface ListOutput {
  readonly Name: string;
  readonly Prefix: string;
  readonly Delimiter?: string;
  readonly MaxKeys: number;
  readonly IsTruncated: boolean;
  readonly Contents: readonly ListedObject[];
  readonly CommonPrefixes: readonly { readonly Prefix: string }[];
}

const MAX_KEYS = 1000;
/** Sorts after every key that starts with what it is appended to. */
const LAST = "\u{10FFFF}";

export function listOperations(buckets: Buckets): Record<string, Operation<never>> {
  const { store } = buckets;
  const onBucket =
    (action: string) =>
    (input: BucketInput): Access[] => [{ action, resource: bucketArn(input.Bucket) }];

  const listV2: Operation<ListInput> = {
    access: listAccess,
    async run(input) {
      const token = input.ContinuationToken;
      const { page, last } = await pageOf(buckets, input, token === undefined ? input.StartAfter : keyOfToken(token));
      return {
        ...page,
        KeyCount: page.Contents.length + page.CommonPrefixes.length,
        ...(token !== undefined && { ContinuationToken: token }),
        ...(input.StartAfter !== undefined && { StartAfter: input.StartAfter }),
        ...(page.IsTruncated && { NextContinuationToken: Buffer.from(last).toString("base64url") }),
      };
    },
  };

  const listV1: Operation<ListV1Input> = {
    access: listAccess,
    async run(input) {
      // The marker may be a common prefix of the previous page, which covers all of its keys.
      const { Marker: marker = "", Delimiter: delimiter } = input;
      const after = delimiter && marker.endsWith(delimiter) ? marker + LAST : marker;
      const { page, last } = await pageOf(buckets, input, after);
      const next = last.endsWith(LAST) ? last.slice(0, -LAST.length) : last;
      return { ...page, Marker: marker, ...(page.IsTruncated && { NextMarker: next }) };
    },
  };

  const listBuckets: Operation<object> = {
    access: () => [{ action: "s3:ListAllMyBuckets", resource: "*" }],
    run: () => ({
      Buckets: store.buckets().map((name) => ({
        Name: name,
        CreationDate: new Date(buckets.settings.get(name)?.createdMillis ?? 0),
      })),
      Owner: { ID: buckets.cloud.accountId },
    }),
  };

  const about = (action: string, answer: (bucket: string) => object): Operation<BucketInput> => ({
    access: onBucket(action),
    run(input) {
      store.bucketDir(input.Bucket);
      return answer(input.Bucket);
    },
  });

  return {
    ListObjectsV2: listV2 as Operation<never>,
    ListObjects: listV1 as Operation<never>,
    ListBuckets: listBuckets as Operation<never>,
    HeadBucket: about("s3:ListBucket", () => ({ BucketRegion: buckets.cloud.region })) as Operation<never>,
    GetBucketLocation: about("s3:GetBucketLocation", () => ({
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html: us-east-1 has no constraint.
      LocationConstraint: buckets.cloud.region === "us-east-1" ? undefined : buckets.cloud.region,
    })) as Operation<never>,
    GetBucketVersioning: about("s3:GetBucketVersioning", (bucket) => ({
      Status: buckets.settings.get(bucket)?.versioning,
    })) as Operation<never>,
  };
}

function listAccess(input: ListInput | ListV1Input): Access[] {
  const context = {
    ...(input.Prefix !== undefined && { "s3:prefix": input.Prefix }),
    ...(input.Delimiter !== undefined && { "s3:delimiter": input.Delimiter }),
    ...(input.MaxKeys !== undefined && { "s3:max-keys": String(input.MaxKeys) }),
  };
  return [{ action: "s3:ListBucket", resource: bucketArn(input.Bucket), context }];
}

async function pageOf(buckets: Buckets, input: ListInput, start = ""): Promise<{ page: ListOutput; last: string }> {
  const { Bucket: bucket, Prefix: prefix = "", Delimiter: delimiter } = input;
  const maxKeys = input.MaxKeys ?? MAX_KEYS;
  if (!Number.isInteger(maxKeys) || maxKeys < 0)
    throw invalidArgument("Argument maxKeys must be an integer between 0 and 2147483647");
  const limit = Math.min(maxKeys, MAX_KEYS);
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last = start;
  let isTruncated = false;
  for (const found of entries(buckets, bucket, prefix, delimiter, start)) {
    if (keys.length + prefixes.length === limit) {
      isTruncated = limit > 0;
      break;
    }
    (found.isPrefix ? prefixes : keys).push(found.text);
    last = found.isPrefix ? found.text + LAST : found.text;
  }
  const contents = await Promise.all(keys.map((key) => describe(buckets, bucket, key)));
  const page: ListOutput = {
    Name: bucket,
    Prefix: prefix,
    ...(delimiter !== undefined && { Delimiter: delimiter }),
    MaxKeys: maxKeys,
    IsTruncated: isTruncated,
    Contents: contents.filter((object) => object !== undefined),
    CommonPrefixes: prefixes.map((text) => ({ Prefix: text })),
  };
  return { page, last };
}

/** Keys and common prefixes in order; the keys under a common prefix are skipped. */
function* entries(buckets: Buckets, bucket: string, prefix: string, delimiter: string | undefined, start: string) {
  for (let after: string | undefined = start; after !== undefined; ) {
    let next: string | undefined;
    for (const { key } of buckets.store.list(bucket, prefix, after)) {
      const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      if (end < 0) {
        yield { text: key, isPrefix: false };
        continue;
      }
      const common = key.slice(0, end + (delimiter as string).length);
      yield { text: common, isPrefix: true };
      next = common + LAST;
      break;
    }
    after = next;
  }
}

/** Undefined for an object that was deleted while the page was built. */
async function describe(buckets: Buckets, bucket: string, key: string): Promise<ListedObject | undefined> {
  try {
    const { modifiedMillis, etag, bytes } = await buckets.store.head(bucket, key);
    return { Key: key, LastModified: new Date(modifiedMillis), ETag: etag, Size: bytes, StorageClass: "STANDARD" };
  } catch (error) {
    if (error instanceof ServiceError && error.code === "NoSuchKey") return undefined;
    throw error;
  }
}

function keyOfToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString("utf8");
  if (Buffer.from(key).toString("base64url") !== token)
    throw invalidArgument("The continuation token provided is incorrect");
  return key;
}
