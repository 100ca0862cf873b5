/** Writes an operation's output as an HTTP response: headers for objects, XML for the rest. */
import type { HttpRequest, HttpResponse } from "../../../cloud/endpoint/http";
import { serviceErrorOf } from "../../../cloud/endpoint/jsonProtocol";
import { element, elements } from "../../../cloud/endpoint/xml";
import type { CallContext } from "../../../cloud/service";
import { headersOf } from "../objectHeaders";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
const HEADERS: Readonly<Record<string, string>> = {
  ETag: "etag",
  LastModified: "last-modified",
  ContentLength: "content-length",
  ContentRange: "content-range",
  AcceptRanges: "accept-ranges",
  ServerSideEncryption: "x-amz-server-side-encryption",
  BucketRegion: "x-amz-bucket-region",
};
/** Operation → root element, for operations whose response is XML. */
const ROOTS: Readonly<Record<string, string>> = {
  ListBuckets: "ListAllMyBucketsResult",
  ListObjects: "ListBucketResult",
  ListObjectsV2: "ListBucketResult",
  ListParts: "ListPartsResult",
  ListMultipartUploads: "ListMultipartUploadsResult",
  CreateMultipartUpload: "InitiateMultipartUploadResult",
  CompleteMultipartUpload: "CompleteMultipartUploadResult",
  CopyObject: "CopyObjectResult",
  UploadPartCopy: "CopyPartResult",
  DeleteObjects: "DeleteResult",
  GetBucketVersioning: "VersioningConfiguration",
  GetBucketLocation: "LocationConstraint",
};
/** List → element name, where the two names differ. */
const MEMBERS: Readonly<Record<string, string>> = { Errors: "Error", Parts: "Part", Uploads: "Upload" };
const NO_CONTENT = new Set(["DeleteObject", "AbortMultipartUpload"]);

export function responseOf(
  operation: string,
  output: object,
  request: HttpRequest,
  context: CallContext,
): HttpResponse {
  const common = { "x-amz-request-id": context.requestId };
  const root = ROOTS[operation];
  if (!root) {
    const status = NO_CONTENT.has(operation) ? 204 : "ContentRange" in output ? 206 : 200;
    return { status, headers: { ...common, ...objectHeaders(output) } };
  }
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${bodyOf(operation, output, request)}</${root}>`;
  return { status: 200, headers: { ...common, "content-type": "application/xml" }, body };
}

export function errorResponse(error: unknown, request: HttpRequest, context: CallContext): HttpResponse {
  const known = serviceErrorOf(error);
  const isDenied = known.code === "AccessDeniedException";
  const status = isDenied ? 403 : known.status;
  const headers = { "x-amz-request-id": context.requestId };
  if (request.method === "HEAD" || status === 304) return { status, headers };
  const details = {
    Code: isDenied ? "AccessDenied" : known.code,
    Message: known.message,
    Resource: request.path,
    RequestId: context.requestId,
  };
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${element("Error", details)}`;
  return { status, headers: { ...headers, "content-type": "application/xml" }, body };
}

function objectHeaders(output: object): Record<string, string> {
  const headers = headersOf(output);
  for (const [name, value] of Object.entries(output)) {
    const header = HEADERS[name];
    if (header !== undefined && value !== undefined)
      headers[header] = value instanceof Date ? value.toUTCString() : String(value);
  }
  return headers;
}

function bodyOf(operation: string, output: object, request: HttpRequest): string {
  if (operation === "GetBucketLocation") return (output as { LocationConstraint?: string }).LocationConstraint ?? "";
  if (operation === "CopyObject") return elements((output as { CopyObjectResult: object }).CopyObjectResult);
  if (operation === "UploadPartCopy") return elements((output as { CopyPartResult: object }).CopyPartResult);
  if (operation === "ListBuckets") {
    const { Buckets: list, ...rest } = output as { Buckets: object[] };
    return `${element("Buckets", list, "Bucket")}${elements(rest)}`;
  }
  const isEncoded = request.query.get("encoding-type") === "url";
  const encoded = isEncoded ? { ...(urlEncoded(output) as object), EncodingType: "url" } : output;
  return Object.entries(encoded)
    .map(([name, value]) => element(MEMBERS[name] ?? name, value))
    .join("");
}

const ENCODED = new Set(["Key", "Prefix", "Delimiter", "StartAfter", "Marker", "NextMarker"]);

function urlEncoded(value: unknown, name?: string): unknown {
  if (Array.isArray(value)) return value.map((member) => urlEncoded(member));
  if (typeof value === "string") return name !== undefined && ENCODED.has(name) ? encodeKey(value) : value;
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([own, child]) => [own, urlEncoded(child, own)]));
}

/** Percent-encodes a key except its slashes, as S3 does. */
function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replace(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
