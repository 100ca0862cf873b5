/** Finds the S3 operation of a request by its method, path and query. */
import type { HttpRequest } from "../../../cloud/endpoint/http";
import { ServiceError } from "../../../cloud/service";
import { notSimulated } from "../errors";

export interface Route {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
}

/** Method, target, required query parameters (with a value if one is given) and operation; the first match applies. */
const ROUTES: readonly (readonly [
  operation: string,
  method: string,
  where: "service" | "bucket" | "object",
  query?: string,
])[] = [
  ["ListBuckets", "GET", "service"],
  ["GetBucketLocation", "GET", "bucket", "location"],
  ["GetBucketVersioning", "GET", "bucket", "versioning"],
  ["ListMultipartUploads", "GET", "bucket", "uploads"],
  ["ListObjectsV2", "GET", "bucket", "list-type=2"],
  ["ListObjects", "GET", "bucket"],
  ["HeadBucket", "HEAD", "bucket"],
  ["DeleteObjects", "POST", "bucket", "delete"],
  ["ListParts", "GET", "object", "uploadId"],
  ["GetObject", "GET", "object"],
  ["HeadObject", "HEAD", "object"],
  ["UploadPart", "PUT", "object", "uploadId"],
  ["PutObject", "PUT", "object"],
  ["AbortMultipartUpload", "DELETE", "object", "uploadId"],
  ["DeleteObject", "DELETE", "object"],
  ["CreateMultipartUpload", "POST", "object", "uploads"],
  ["CompleteMultipartUpload", "POST", "object", "uploadId"],
];

/** Upload → the operation that copies the bytes of another object instead. */
const COPIES: Readonly<Record<string, string>> = { PutObject: "CopyObject", UploadPart: "UploadPartCopy" };

/** Query parameters of the operations above, of presigned URLs and of the SDK itself. */
const QUERY =
  /^(x-id|x-amz-.*|location|versioning|uploads|uploadid|partnumber|list-type|prefix|delimiter|max-keys|marker|continuation-token|start-after|encoding-type|fetch-owner|delete|max-parts|max-uploads|part-number-marker|key-marker|upload-id-marker|versionid)$/i;

export function routeOf(request: HttpRequest): Route {
  const slash = request.path.indexOf("/", 1);
  const bucket = decode(slash < 0 ? request.path.slice(1) : request.path.slice(1, slash));
  const key = slash < 0 ? "" : decode(request.path.slice(slash + 1));
  const where = bucket === "" ? "service" : key === "" ? "bucket" : "object";
  const unknown = [...request.query.keys()].find((name) => !QUERY.test(name));
  if (unknown !== undefined) throw notSimulated(`the query parameter "${unknown}" (${request.method} of a ${where})`);
  const found = ROUTES.find(
    ([, method, at, query]) => method === request.method && at === where && hasQuery(request, query),
  );
  if (!found) throw notSimulated(`${request.method} of a ${where}`);
  const isCopy = request.headers["x-amz-copy-source"] !== undefined;
  return { operation: (isCopy && COPIES[found[0]]) || found[0], bucket, key };
}

function hasQuery(request: HttpRequest, query: string | undefined): boolean {
  if (query === undefined) return true;
  const [name = "", value] = query.split("=");
  return request.query.has(name) && (value === undefined || request.query.get(name) === value);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ServiceError("InvalidURI", "Couldn't parse the specified URI.");
  }
}
