/** Decodes the body of an upload and collects the checksums to verify. */
import type { HttpRequest } from "../../../cloud/endpoint/http";
import { ServiceError } from "../../../cloud/service";
import type { Body, Verification } from "../staging";
import { ChunkedBody } from "./chunkedBody";

const CHECKSUM = "x-amz-checksum-";
/** Headers with the prefix of checksums that are not checksums. */
const NO_CHECKSUMS = new Set(["x-amz-checksum-mode", "x-amz-checksum-algorithm", "x-amz-checksum-type"]);

export function uploadBody(request: HttpRequest): { Body: Body; verification: Verification } {
  const { headers } = request;
  const sha256 = headers["x-amz-content-sha256"] ?? "";
  const chunked = sha256.startsWith("STREAMING-") ? new ChunkedBody(request.body) : undefined;
  const named = [
    ...Object.keys(headers),
    ...(headers["x-amz-trailer"] ?? "").split(",").map((name) => name.trim().toLowerCase()),
  ]
    .filter((name) => name.startsWith(CHECKSUM) && !NO_CHECKSUMS.has(name))
    .map((name) => name.slice(CHECKSUM.length));
  const signed = /^[0-9a-f]{64}$/.test(sha256) ? Buffer.from(sha256, "hex").toString("base64") : undefined;
  const algorithms = new Set([...named, ...(signed === undefined ? [] : ["sha256"])]);
  const expected = () => {
    const values: Record<string, string | undefined> = {};
    if (signed !== undefined) values.sha256 = signed;
    for (const name of named) values[name] = headers[`${CHECKSUM}${name}`] ?? chunked?.trailers[`${CHECKSUM}${name}`];
    return values;
  };
  const length = headers["x-amz-decoded-content-length"];
  return {
    Body: counted(chunked ?? request.body, chunked && length !== undefined ? Number(length) : undefined),
    verification: { algorithms: [...algorithms], expected },
  };
}

async function* counted(body: AsyncIterable<Uint8Array>, expected: number | undefined): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    yield chunk;
  }
  if (expected !== undefined && bytes !== expected) {
    throw new ServiceError(
      "IncompleteBody",
      "You did not provide the number of bytes specified by the Content-Length HTTP header",
    );
  }
}
