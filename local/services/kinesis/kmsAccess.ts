/** The KMS permissions that an encrypted stream requires: none with AWS's own key, access to the key otherwise. */
import type { Access } from "../../cloud/service";
import type { StreamReference, Streams } from "./streams";

/** AWS's own key for Kinesis; access to the stream includes its use. */
export const AWS_MANAGED_KEY = "alias/aws/kinesis";

/** https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html */
export function encryptionAccess(streams: Streams, reference: StreamReference, action: string): Access[] {
  const arn = streams.arnOf(reference);
  const keyId = streams.byName.get(arn.slice(arn.indexOf("/") + 1))?.settings.kmsKeyId;
  if (keyId === undefined || keyId === AWS_MANAGED_KEY) return [];
  const { region, accountId } = streams.cloud;
  const resource = keyId.startsWith("arn:") ? keyId : `arn:aws:kms:${region}:${accountId}:key/${keyId}`;
  return [{ action, resource, context: { "kms:ViaService": `kinesis.${region}.amazonaws.com` } }];
}
