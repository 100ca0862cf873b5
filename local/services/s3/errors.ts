/** S3's errors with S3's own messages. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
import { ServiceError } from "../../cloud/service";

export const noSuchBucket = () => new ServiceError("NoSuchBucket", "The specified bucket does not exist", 404);
export const bucketNotEmpty = () =>
  new ServiceError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409);
export const noSuchKey = () => new ServiceError("NoSuchKey", "The specified key does not exist.", 404);
export const noSuchUpload = () =>
  new ServiceError(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    404,
  );
export const preconditionFailed = () =>
  new ServiceError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
export const notModified = () => new ServiceError("NotModified", "Not Modified", 304);
export const invalidRange = () => new ServiceError("InvalidRange", "The requested range is not satisfiable", 416);
export const invalidArgument = (message: string) => new ServiceError("InvalidArgument", message, 400);
export const badDigest = (what: string) =>
  new ServiceError("BadDigest", `The ${what} you specified did not match what we received.`, 400);
export const keyTooLong = () => new ServiceError("KeyTooLongError", "Your key is too long", 400);
export const notSimulated = (what: string) =>
  new ServiceError("NotImplemented", `local/s3: ${what} is not simulated; see docs/fidelity.md`, 501);
