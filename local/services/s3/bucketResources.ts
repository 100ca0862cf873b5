/** Applies buckets and the resources that configure them, such as lifecycles and policies. */
import { readFileSync } from "node:fs";
import type { asset } from "@pulumi/pulumi";
import { parsePolicy } from "../../cloud/iam/policy";
import { CALLER } from "../../cloud/iam/principal";
import type { DeclaredResource, ResourceSimulation } from "../../cloud/service";
import { bucketResource } from "./bucketResource";
import { type BucketSettings, type Buckets, bucketArn, type DefaultEncryption, S3_MANAGED } from "./buckets";
import { headersOf } from "./objectHeaders";

export function bucketResources(buckets: Buckets): Record<string, ResourceSimulation> {
  const { cloud, store } = buckets;

  const settingsOf = (resource: DeclaredResource): [string, BucketSettings] => {
    const bucket = String(resource.inputs.bucket);
    const settings = buckets.settings.get(bucket);
    if (settings) return [bucket, settings];
    throw refusal(resource, `the bucket "${bucket}" is not declared in this program`);
  };
  /** A resource that configures its bucket: `apply` applies its inputs, and `reset` reverts them. */
  const satellite = (
    simulated: readonly string[],
    withoutEffect: readonly string[],
    apply: (settings: BucketSettings, resource: DeclaredResource) => void = () => {},
    reset: (settings: BucketSettings) => void = () => {},
  ): ResourceSimulation => {
    const put = async (resource: DeclaredResource) => {
      const [bucket, settings] = settingsOf(resource);
      apply(settings, resource);
      return { id: bucket, outputs: { bucket } };
    };
    return {
      simulated: ["bucket", ...simulated],
      withoutEffect,
      replaceOn: ["bucket"],
      create: put,
      update: (_bucket, resource) => put(resource),
      async delete(bucket) {
        // The bucket may be deleted already, together with its settings.
        const settings = buckets.settings.get(bucket);
        if (settings) reset(settings);
      },
    };
  };

  return {
    "aws:s3/bucket:Bucket": bucketResource(buckets),
    "aws:s3/bucketPolicy:BucketPolicy": satellite(
      ["policy"],
      [],
      (settings, resource) => {
        settings.policy = parsePolicy(`bucket policy "${resource.name}"`, resource.inputs.policy, "resource");
      },
      (settings) => {
        delete settings.policy;
      },
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": satellite(
      ["rules"],
      [],
      (settings, resource) => {
        settings.encryption = encryptionOf(resource);
      },
      (settings) => {
        settings.encryption = S3_MANAGED;
      },
    ),
    "aws:s3/bucketVersioning:BucketVersioning": satellite(
      ["versioningConfiguration"],
      [],
      (settings, resource) => {
        const { status } = (resource.inputs.versioningConfiguration ?? {}) as { status?: string };
        if (status !== undefined) settings.versioning = status;
      },
      (settings) => {
        // Versioning can only be suspended, as the AWS provider does.
        if (settings.versioning === "Enabled") settings.versioning = "Suspended";
      },
    ),
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
      replaceOn: ["bucket", "key"],
      create: putObject,
      update: (_id, resource) => putObject(resource),
      async delete(_id, { name, inputs }) {
        const bucket = String(inputs.bucket);
        if (store.hasBucket(bucket)) store.delete(bucket, String(inputs.key ?? name));
      },
    },
  };

  async function putObject(resource: DeclaredResource) {
    const [bucket] = settingsOf(resource);
    const { inputs } = resource;
    const key = String(inputs.key ?? resource.name);
    cloud.authorize(CALLER, buckets.objectAccess("s3:PutObject", bucket, key));
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
    const encryption = buckets.encryptionOfNew(bucket);
    store.place(bucket, key, staged, { etag: `"${etag}"`, headers, encryption });
    return { id: `${bucket}/${key}`, outputs: { key, etag, arn: `${bucketArn(bucket)}/${key}` } };
  }
}

interface EncryptionRule {
  readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm?: string; readonly kmsMasterKeyId?: string };
}

function encryptionOf(resource: DeclaredResource): DefaultEncryption {
  const [rule] = (resource.inputs.rules ?? []) as readonly EncryptionRule[];
  const { sseAlgorithm: algorithm, kmsMasterKeyId: key } = rule?.applyServerSideEncryptionByDefault ?? {};
  if (algorithm !== "AES256" && algorithm !== "aws:kms") {
    throw refusal(resource, `the sseAlgorithm "${algorithm}" is not simulated; use AES256 or aws:kms`);
  }
  return { algorithm, ...(key !== undefined && { key }) };
}

/** The content of an object resource: a string, base64 or an asset. */
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
