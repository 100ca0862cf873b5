/** The buckets of a run, with their objects and the settings that change the result of calls. */
import type { Statement } from "../../cloud/iam/policy";
import { isCustomerAlias, keyAccess } from "../../cloud/keyAccess";
import type { Access, CloudContext } from "../../cloud/service";
import type { KmsService } from "../kms/service";
import { type Encryption, ObjectStore } from "./objectStore";

export interface BucketSettings {
  readonly createdMillis: number;
  policy?: readonly Statement[];
  encryption: DefaultEncryption;
  versioning?: string;
}

/** The encryption of a bucket's new objects. */
export interface DefaultEncryption {
  readonly algorithm: Encryption["algorithm"];
  /** The id, ARN or alias of a key. @default none: S3's own key, or AWS's own key for `aws:kms` */
  readonly key?: string;
}

export const S3_MANAGED: DefaultEncryption = { algorithm: "AES256" };

export class Buckets {
  readonly store: ObjectStore;
  readonly settings = new Map<string, BucketSettings>();

  constructor(readonly cloud: CloudContext) {
    this.store = new ObjectStore(cloud.dataDir, cloud.clock);
  }

  /**
   * The encryption of an object that is written now. KMS resolves an alias when it is used:
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionRule.html
   */
  encryptionOfNew(bucket: string): Encryption {
    const { algorithm, key } = this.settings.get(bucket)?.encryption ?? S3_MANAGED;
    if (key === undefined) return { algorithm };
    const keyId = isCustomerAlias(key) ? (this.cloud.service("kms") as KmsService).keyArnOf(key) : key;
    return { algorithm, keyId };
  }

  /**
   * The encryption of a stored object: that of its write, because another default does not change objects that exist
   * (https://repost.aws/knowledge-center/s3-aws-kms-default-encryption). A file that something else put there counts
   * as written now.
   */
  encryptionOf(bucket: string, key: string): Encryption | undefined {
    if (!this.store.has(bucket, key)) return undefined;
    return this.store.encryptionOf(bucket, key) ?? this.encryptionOfNew(bucket);
  }

  /** The access to an object, and to the customer managed key that encrypts it if there is one. */
  objectAccess(action: string, bucket: string, key: string): Access[] {
    const object: Access = { action, resource: objectArn(bucket, key) };
    if (action === "s3:GetObject") {
      return [object, ...this.keyAccess("kms:Decrypt", this.encryptionOf(bucket, key), bucket, key)];
    }
    if (action === "s3:PutObject") {
      return [object, ...this.keyAccess("kms:GenerateDataKey", this.encryptionOfNew(bucket), bucket, key)];
    }
    return [object];
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
  keyAccess(
    action: "kms:Decrypt" | "kms:GenerateDataKey",
    encryption: Encryption | undefined,
    bucket: string,
    key: string,
  ): Access[] {
    const encryptionContext = { "aws:s3:arn": objectArn(bucket, key) };
    return keyAccess(this.cloud, { service: "s3", keyId: encryption?.keyId, action, encryptionContext });
  }
}

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

export function objectArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}/${key}`;
}
