/** The buckets of a run, with their objects and the settings that change the result of calls. */
import type { Statement } from "../../cloud/iam/policy";
import type { Access, CloudContext } from "../../cloud/service";
import { ObjectStore } from "./objectStore";

export interface BucketSettings {
  readonly createdMillis: number;
  policy?: readonly Statement[];
  /** The encryption that GetObject reports: `AES256` or `aws:kms`. */
  encryption: string;
  /** A customer managed key; AWS's own key needs no permission. */
  kmsKeyArn?: string;
  versioning?: string;
}

export class Buckets {
  readonly store: ObjectStore;
  readonly settings = new Map<string, BucketSettings>();

  constructor(readonly cloud: CloudContext) {
    this.store = new ObjectStore(cloud.dataDir, cloud.clock);
  }

  /** The access to an object, and to its bucket's customer managed key if there is one. */
  objectAccess(action: string, bucket: string, key: string): Access[] {
    return [{ action, resource: objectArn(bucket, key) }, ...this.keyAccess(action, bucket, key)];
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
  private keyAccess(action: string, bucket: string, key: string): Access[] {
    const resource = this.settings.get(bucket)?.kmsKeyArn;
    const kmsAction = { "s3:GetObject": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey" }[action];
    if (resource === undefined || kmsAction === undefined) return [];
    const context = {
      "kms:ViaService": `s3.${this.cloud.region}.amazonaws.com`,
      "kms:EncryptionContext:aws:s3:arn": objectArn(bucket, key),
    };
    return [{ action: kmsAction, resource, context }];
  }
}

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

export function objectArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}/${key}`;
}
