/** The KMS permissions that an encrypted stream requires. */
import { keyAccess } from "../../cloud/keyAccess";
import type { Access } from "../../cloud/service";
import type { StreamReference, Streams } from "./streams";

/** AWS's own key for Kinesis; access to the stream includes its use. */
export const AWS_MANAGED_KEY = "alias/aws/kinesis";

/** https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html */
export function encryptionAccess(
  streams: Streams,
  reference: StreamReference,
  action: "kms:Decrypt" | "kms:GenerateDataKey",
): Access[] {
  const arn = streams.arnOf(reference);
  const keyId = streams.byName.get(arn.slice(arn.indexOf("/") + 1))?.settings.kmsKeyId;
  return keyAccess(streams.cloud, { service: "kinesis", keyId, action });
}
