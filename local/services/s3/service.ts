/** S3: buckets that store objects as plain files, served by the REST protocol. */
import type { HttpRequest, HttpResponse } from "../../cloud/endpoint/http";
import type { Principal } from "../../cloud/iam/principal";
import type { Access, CallContext, CloudContext, Service } from "../../cloud/service";
import { bucketResources } from "./bucketResources";
import { Buckets } from "./buckets";
import type { ObjectHead } from "./objectStore";
import { listOperations } from "./operations/list";
import { multipartOperations } from "./operations/multipart";
import { readOperations } from "./operations/read";
import { writeOperations } from "./operations/write";
import { answerS3 } from "./rest/front";

export interface S3Service extends Service {
  readonly name: "s3";
  /**
   * The path of an object's file, which need not exist; throws `NoSuchBucket`.
   * Do not keep it: the file moves when another key begins with this key and a slash.
   */
  pathOf(bucket: string, key: string): string;
  /** The access that GetObject of an object needs. */
  readAccess(bucket: string, key: string): Access[];
  /** The directory of a bucket's files. A plain key is the relative path of its file. */
  bucketDir(bucket: string): string;
  /** The keys with the prefix, in S3's order, without a permission check; for the run's own reports. */
  list(bucket: string, prefix: string): Iterable<{ readonly key: string; readonly path: string }>;
  /** Moves a file of the same file system into a bucket, with the permission check and effects of PutObject. */
  adoptFile(principal: Principal, bucket: string, key: string, file: string): Promise<void>;
}

export function s3Service(cloud: CloudContext): S3Service {
  const buckets = new Buckets(cloud);
  const { store } = buckets;
  const service: S3Service = {
    name: "s3",
    pathOf: (bucket, key) => store.pathOf(bucket, key),
    readAccess: (bucket, key) => buckets.objectAccess("s3:GetObject", bucket, key),
    bucketDir: (bucket) => store.bucketDir(bucket),
    list: (bucket, prefix) => store.list(bucket, prefix),
    async adoptFile(principal, bucket, key, file) {
      cloud.authorize(principal, buckets.objectAccess("s3:PutObject", bucket, key));
      const encryption = buckets.encryptionOfNew(bucket);
      const head: ObjectHead = { etag: await store.etagOf(file), headers: {}, encryption };
      store.place(bucket, key, { path: file }, head);
    },
    policyOf: (resource) => buckets.settings.get(bucketOf(resource))?.policy,
    rest: (request: HttpRequest, context: CallContext): Promise<HttpResponse> =>
      answerS3(buckets, service, request, context),
    resources: bucketResources(buckets),
    operations: {
      ...readOperations(buckets),
      ...writeOperations(buckets),
      ...listOperations(buckets),
      ...multipartOperations(buckets),
    },
  };
  return service;
}

/** `arn:aws:s3:::bucket/key` → `bucket`. */
function bucketOf(arn: string): string {
  return arn.split(":").slice(5).join(":").split("/")[0] as string;
}
