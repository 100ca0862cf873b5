/** Converts the headers that S3 stores with an object between the SDK's names and HTTP's. */

const NAMES = {
  CacheControl: "cache-control",
  ContentDisposition: "content-disposition",
  ContentEncoding: "content-encoding",
  ContentLanguage: "content-language",
  ContentType: "content-type",
  Expires: "expires",
} as const;

export type HeaderInput = { readonly [Name in keyof typeof NAMES]?: string } & {
  readonly Metadata?: Readonly<Record<string, string>>;
};

const META = "x-amz-meta-";
/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export const DEFAULT_CONTENT_TYPE = "application/octet-stream";

export function headersOf(input: HeaderInput): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, header] of Object.entries(NAMES)) {
    const value = input[name as keyof typeof NAMES];
    if (value !== undefined) headers[header] = String(value);
  }
  for (const [name, value] of Object.entries(input.Metadata ?? {})) headers[`${META}${name.toLowerCase()}`] = value;
  return headers;
}

/** The reverse of `headersOf`, without other headers. `aws-chunked` describes the request and is not stored. */
export function inputOfHeaders(headers: Readonly<Record<string, string>>): HeaderInput {
  const input: Record<string, string> = {};
  const metadata: Record<string, string> = {};
  for (const [name, header] of Object.entries(NAMES)) {
    const value = header === "content-encoding" ? withoutChunking(headers[header]) : headers[header];
    if (value !== undefined) input[name] = value;
  }
  for (const [header, value] of Object.entries(headers)) {
    if (header.startsWith(META)) metadata[header.slice(META.length)] = value;
  }
  return { ...input, Metadata: metadata };
}

function withoutChunking(encoding: string | undefined): string | undefined {
  const kept = encoding?.split(",").filter((part) => part.trim() !== "aws-chunked");
  return kept === undefined || kept.length === 0 ? undefined : kept.join(",").trim();
}
