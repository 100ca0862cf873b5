/** Reads an operation's input from an HTTP request, in the form that the SDK uses. */
import { XMLParser } from "fast-xml-parser";
import { type HttpRequest, textOf } from "../../../cloud/endpoint/http";
import { ServiceError } from "../../../cloud/service";
import { notSimulated } from "../errors";
import { inputOfHeaders } from "../objectHeaders";
import type { Route } from "./route";
import { uploadBody } from "./uploadBody";

/** Request headers with effects that are not simulated. */
const REFUSED =
  /^x-amz-(server-side-encryption-customer-.*|object-lock-.*|tagging|website-redirect-location|grant-.*|write-offset-bytes|copy-source-(if|server).*)$/;
const ACLS = new Set(["private", "bucket-owner-full-control"]);
/** Values stay strings, because a `Key` may look like a number. */
const xml = new XMLParser({ parseTagValue: false, trimValues: false, ignoreDeclaration: true, removeNSPrefix: true });

export async function inputOf(request: HttpRequest, { operation, bucket, key }: Route): Promise<object> {
  const { headers } = request;
  const refused = Object.keys(headers).find((name) => REFUSED.test(name));
  if (refused !== undefined) throw notSimulated(`the header ${refused}`);
  if (headers["x-amz-acl"] !== undefined && !ACLS.has(headers["x-amz-acl"]))
    throw notSimulated(`the ACL "${headers["x-amz-acl"]}"`);
  return defined({ Bucket: bucket, Key: key, ...(await detailsOf(request, operation)) });
}

async function detailsOf(request: HttpRequest, operation: string): Promise<object> {
  const { headers, query } = request;
  const text = (name: string) => query.get(name) ?? undefined;
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  const conditions = { IfMatch: headers["if-match"], IfNoneMatch: headers["if-none-match"] };
  switch (operation) {
    case "PutObject":
      return { ...conditions, ...inputOfHeaders(headers), ...uploadBody(request), ContentMD5: headers["content-md5"] };
    case "CopyObject":
      return {
        ...conditions,
        ...inputOfHeaders(headers),
        CopySource: headers["x-amz-copy-source"],
        MetadataDirective: headers["x-amz-metadata-directive"],
      };
    case "CreateMultipartUpload":
      return inputOfHeaders(headers);
    case "UploadPart":
      return {
        ...uploadBody(request),
        UploadId: text("uploadId"),
        PartNumber: number("partNumber"),
        ContentMD5: headers["content-md5"],
      };
    case "UploadPartCopy":
      return {
        UploadId: text("uploadId"),
        PartNumber: number("partNumber"),
        CopySource: headers["x-amz-copy-source"],
        CopySourceRange: headers["x-amz-copy-source-range"],
      };
    case "CompleteMultipartUpload": {
      const body = (await parse(request)).CompleteMultipartUpload as { Part?: unknown } | undefined;
      return { ...conditions, UploadId: text("uploadId"), MultipartUpload: { Parts: listOf(body?.Part) } };
    }
    case "AbortMultipartUpload":
    case "ListParts":
      return { UploadId: text("uploadId") };
    case "GetObject":
    case "HeadObject":
      return {
        ...conditions,
        Range: headers.range,
        IfModifiedSince: headers["if-modified-since"],
        IfUnmodifiedSince: headers["if-unmodified-since"],
        VersionId: text("versionId"),
        PartNumber: number("partNumber"),
      };
    case "DeleteObject":
      return { VersionId: text("versionId") };
    case "DeleteObjects": {
      const body = (await parse(request)).Delete as { Object?: unknown; Quiet?: string } | undefined;
      return { Delete: { Objects: listOf(body?.Object), Quiet: body?.Quiet === "true" } };
    }
    default:
      return {
        Prefix: text("prefix"),
        Delimiter: text("delimiter"),
        MaxKeys: number("max-keys"),
        Marker: text("marker"),
        ContinuationToken: text("continuation-token"),
        StartAfter: text("start-after"),
      };
  }
}

async function parse(request: HttpRequest): Promise<Record<string, unknown>> {
  try {
    return xml.parse(await textOf(request.body), true) as Record<string, unknown>;
  } catch {
    throw new ServiceError(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    );
  }
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === "") return [];
  return Array.isArray(value) ? value : [value];
}

function defined(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
