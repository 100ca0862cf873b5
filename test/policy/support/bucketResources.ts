/** A bucket, and resources that belong to it. */
import type { Resource } from "./runningPack";

export const BUCKET: Resource = { type: "aws:s3/bucket:Bucket", name: "b", props: { id: "b-1", bucket: "b-1" } };
export const OTHER: Resource = { type: "aws:s3/bucket:Bucket", name: "c", props: { id: "c-1", bucket: "c-1" } };

/** A resource that belongs to the bucket by its name, or, as in a preview, by what it is made of. */
export const beside = (type: string, props: object): Resource => ({
  type: `aws:s3/${type}`,
  name: `b-${type}`,
  props: { bucket: "b-1", ...props },
});
export const inPreview = ({ props, ...resource }: Resource): Resource => ({
  ...resource,
  props: { ...props, bucket: UNKNOWN_TEXT },
  madeOf: { bucket: ["b"] },
});
/** What stands in the engine's messages for a text that a preview does not know. */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const acl = (props: object) => beside("bucketAcl:BucketAcl", props);
