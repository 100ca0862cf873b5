/** The bucket and the resources that Pulumi declares beside it: what each of their inputs does here. */
import { readFileSync } from "node:fs";
import type { asset } from "@pulumi/pulumi";
import { parsePolicy } from "../iam/policy";
import { physicalName } from "../physicalName";
import type { DeclaredResource, ResourceSimulation } from "../service";
import { type BucketSettings, type Buckets, bucketArn } from "./buckets";
import { headersOf } from "./objectHeaders";

const NAME = /^(?!xn--|sthree-)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;

export function bucketResources(buckets: Buckets): Record<string, ResourceSimulation> {
  const { cloud, store } = buckets;

  const settingsOf = (resource: DeclaredResource): [string, BucketSettings] => {
    const bucket = String(resource.inputs.bucket);
    const settings = buckets.settings.get(bucket);
    if (settings) return [bucket, settings];
    throw refusal(resource, `the bucket "${bucket}" is not declared in this program`);
  };
  /** A resource that only describes its bucket; `apply` reads what has an effect. */
  const satellite = (
    simulated: readonly string[],
    withoutEffect: readonly string[],
    apply: (settings: BucketSettings, resource: DeclaredResource) => void = () => {},
  ): ResourceSimulation => ({
    simulated: ["bucket", ...simulated],
    withoutEffect,
    async create(resource) {
      const [bucket, settings] = settingsOf(resource);
      apply(settings, resource);
      return { id: bucket, outputs: { bucket } };
    },
  });

  return {
    "aws:s3/bucket:Bucket": {
      simulated: ["bucket", "bucketPrefix"],
      withoutEffect: ["forceDestroy", "tags"],
      nameInput: "bucket",
      async create(resource) {
        const bucket = physicalName(resource, "bucket").toLowerCase();
        if (!NAME.test(bucket))
          throw refusal(resource, `"${bucket}" is not a bucket name; use 3 to 63 lower-case letters, digits and "-"`);
        if (store.hasBucket(bucket)) throw refusal(resource, `the bucket name "${bucket}" is taken`);
        store.createBucket(bucket);
        buckets.settings.set(bucket, { createdMillis: cloud.clock.now(), encryption: "AES256" });
        const domain = `${bucket}.s3.amazonaws.com`;
        const regional = `${bucket}.s3.${cloud.region}.amazonaws.com`;
        const outputs = {
          bucket,
          arn: bucketArn(bucket),
          bucketDomainName: domain,
          bucketRegionalDomainName: regional,
          region: cloud.region,
        };
        return { id: bucket, outputs };
      },
    },
    "aws:s3/bucketPolicy:BucketPolicy": satellite(["policy"], [], (settings, resource) => {
      settings.policy = parsePolicy(`bucket policy "${resource.name}"`, resource.inputs.policy, "resource");
    }),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": satellite(
      ["rules"],
      [],
      (settings, resource) => Object.assign(settings, encryptionOf(buckets, resource)),
    ),
    "aws:s3/bucketVersioning:BucketVersioning": satellite(["versioningConfiguration"], [], (settings, resource) => {
      const { status } = (resource.inputs.versioningConfiguration ?? {}) as { status?: string };
      if (status !== undefined) settings.versioning = status;
    }),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": satellite(
      [],
      ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets", "skipDestroy"],
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": satellite([], ["rule"]),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": satellite(
      [],
      ["rules", "transitionDefaultMinimumObjectSize"],
    ),
    "aws:s3/bucketLogging:BucketLogging": satellite([], ["targetBucket", "targetPrefix", "targetObjectKeyFormat"]),
    "aws:s3/bucketObjectv2:BucketObjectv2": {
      simulated: [
        "bucket",
        "key",
        "source",
        "content",
        "contentBase64",
        "contentType",
        "contentEncoding",
        "cacheControl",
        "metadata",
      ],
      withoutEffect: ["tags", "forceDestroy"],
      async create(resource) {
        const [bucket] = settingsOf(resource);
        const { inputs } = resource;
        const key = String(inputs.key ?? resource.name);
        const staged = await store.staging.write(await bytesOf(resource));
        const text = (name: string) => (inputs[name] === undefined ? undefined : String(inputs[name]));
        const headers = headersOf({
          ...defined({
            ContentType: text("contentType"),
            ContentEncoding: text("contentEncoding"),
            CacheControl: text("cacheControl"),
          }),
          Metadata: (inputs.metadata ?? {}) as Record<string, string>,
        });
        const etag = staged.md5.toString("hex");
        store.place(bucket, key, staged, { etag: `"${etag}"`, headers });
        return { id: `${bucket}/${key}`, outputs: { key, etag, arn: `${bucketArn(bucket)}/${key}` } };
      },
    },
  };
}

interface EncryptionRule {
  readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm?: string; readonly kmsMasterKeyId?: string };
}

function encryptionOf(buckets: Buckets, resource: DeclaredResource): Partial<BucketSettings> {
  const { region, accountId } = buckets.cloud;
  const [rule] = (resource.inputs.rules ?? []) as readonly EncryptionRule[];
  const { sseAlgorithm: encryption, kmsMasterKeyId: key } = rule?.applyServerSideEncryptionByDefault ?? {};
  if (encryption !== "AES256" && encryption !== "aws:kms") {
    throw refusal(resource, `the sseAlgorithm "${encryption}" is not simulated; AES256 and aws:kms are`);
  }
  if (key === undefined || key === "alias/aws/s3") return { encryption };
  if (key.includes("alias/")) throw refusal(resource, `the key alias "${key}" is not simulated; give the key's ARN`);
  return { encryption, kmsKeyArn: key.startsWith("arn:") ? key : `arn:aws:kms:${region}:${accountId}:key/${key}` };
}

/** The content of an object resource: text, base64, or an asset. */
async function bytesOf(resource: DeclaredResource): Promise<Uint8Array> {
  const { content, contentBase64, source } = resource.inputs;
  if (typeof content === "string") return Buffer.from(content);
  if (typeof contentBase64 === "string") return Buffer.from(contentBase64, "base64");
  const { path, text } = (source ?? {}) as { path?: asset.FileAsset["path"]; text?: asset.StringAsset["text"] };
  if (text !== undefined) return Buffer.from(await text);
  if (path !== undefined) return readFileSync(await path);
  throw refusal(resource, "the source is neither a FileAsset nor a StringAsset");
}

function defined(input: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(input).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function refusal(resource: DeclaredResource, problem: string): Error {
  return new Error(`local/s3: ${problem} (resource "${resource.name}"); see docs/fidelity.md`);
}
