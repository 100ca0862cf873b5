/** Where the emulator and local are known to answer otherwise as S3. */
import type { Difference } from "./difference";

const S3 = "https://docs.aws.amazon.com/AmazonS3/latest/API/";

export const S3_DIFFERENCES: readonly Difference[] = [
  {
    calls: [
      ...["put an object", "get it", "head it", "create-only, new", "it is the first one", "put if it matches"],
      ...["the first two bytes", "the last two bytes", "from the third byte", "a range that ends past the end"],
      ...["put an empty object", "put a key of odd characters", "get a key of odd characters"],
      ...["a copy keeps type and metadata", "get the completed one"],
    ],
    lines: ["ServerSideEncryption: AES256 | -"],
    right: "local",
    aws: "Every new object is encrypted, with SSE-S3 unless told otherwise, and answers say with what.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html",
  },
  {
    calls: ["get it", "it is the first one", "a copy keeps type and metadata"],
    lines: ["ChecksumCRC32: - | NhCmhg==", "ChecksumType: - | FULL_OBJECT"],
    right: "emulator",
    aws: "A read with x-amz-checksum-mode: ENABLED, which the SDK sends, returns the checksum that came with the upload.",
    source: `${S3}API_GetObject.html`,
  },
  {
    calls: ["get a key of odd characters"],
    lines: ["ChecksumCRC32: - | jNwWgw==", "ChecksumType: - | FULL_OBJECT"],
    right: "emulator",
    aws: "As above.",
    source: `${S3}API_GetObject.html`,
  },
  {
    calls: ["upload a part"],
    lines: ["ChecksumCRC32: - | NhCmhg=="],
    right: "emulator",
    aws: "The answer has the checksum that came with the part.",
    source: `${S3}API_UploadPart.html`,
  },
  {
    calls: ["head a bucket"],
    lines: ["BucketArn: - | arn:aws:s3:::differential-lake"],
    right: "local",
    aws: "The ARN is told of directory buckets alone.",
    source: `${S3}API_HeadBucket.html`,
  },
  {
    calls: ["a range that is none"],
    lines: ["answers | InvalidRange 416"],
    right: "local",
    aws: "S3 refers to RFC 9110: a range in a unit that the server does not know is ignored (section 14.2).",
    source: `${S3}API_GetObject.html`,
  },
  {
    calls: ["list no keys at all"],
    lines: ["IsTruncated: false | true"],
    right: "local",
    aws: "A list of no keys is not truncated: there is no token to go on with (Ceph's s3-tests hold AWS to it).",
    source: "https://github.com/ceph/s3-tests, test_bucket_list_maxkeys_zero",
  },
  {
    calls: ["list with a token that is none"],
    lines: ["InvalidArgument 400 | answers"],
    right: "local",
    aws: "A token is what S3 gave, and an invalid argument is an error.",
    source: `${S3}ErrorResponses.html`,
  },
  {
    calls: ["a key that is too long"],
    lines: ["KeyTooLongError 400 | answers"],
    right: "local",
    aws: "Keys have at most 1,024 bytes of UTF-8.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html",
  },
];
