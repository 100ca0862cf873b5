/** Creates and deletes the buckets that a program declares; only `forceDestroy` deletes one that is not empty. */
import { physicalName } from "../../cloud/physicalName";
import type { DeclaredResource, ResourceSimulation } from "../../cloud/service";
import { type Buckets, bucketArn, S3_MANAGED } from "./buckets";
import { bucketNotEmpty } from "./errors";

const NAME = /^(?!xn--|sthree-)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;

export function bucketResource(buckets: Buckets): ResourceSimulation {
  const { cloud, store } = buckets;
  return {
    simulated: ["bucket", "bucketPrefix", "forceDestroy"],
    withoutEffect: ["tags"],
    replaceOn: ["bucket", "bucketPrefix"],
    nameInput: "bucket",
    async create(resource) {
      const bucket = physicalName(resource, "bucket").toLowerCase();
      if (!NAME.test(bucket))
        throw refusal(resource, `"${bucket}" is not a bucket name; use 3 to 63 lower-case letters, digits and "-"`);
      if (store.hasBucket(bucket)) throw refusal(resource, `the bucket name "${bucket}" is taken`);
      store.createBucket(bucket);
      buckets.settings.set(bucket, { createdMillis: cloud.clock.now(), encryption: S3_MANAGED });
      return { id: bucket, outputs: outputsOf(bucket, cloud.region) };
    },
    update: async (bucket) => ({ outputs: outputsOf(bucket, cloud.region) }),
    async delete(bucket, { inputs }) {
      const isEmpty = store.list(bucket, "").next().done === true;
      if (!isEmpty && inputs.forceDestroy !== true) throw bucketNotEmpty();
      store.removeBucket(bucket);
      buckets.settings.delete(bucket);
    },
  };
}

function outputsOf(bucket: string, region: string) {
  return {
    bucket,
    arn: bucketArn(bucket),
    bucketDomainName: `${bucket}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
    region,
  };
}

function refusal(resource: DeclaredResource, problem: string): Error {
  return new Error(`local/s3: ${problem} (resource "${resource.name}"); see docs/fidelity.md`);
}
