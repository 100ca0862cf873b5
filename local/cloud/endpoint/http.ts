/** A request and a response, in one form for HTTP/1.1 and HTTP/2. */
import type { Readable } from "node:stream";

export interface HttpRequest {
  readonly method: string;
  /** Starts with `/`, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** A signal that is aborted when the client has gone, or has its answer. */
  closed?(): AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable;
}

/** The whole body as a string; for JSON and form bodies, which AWS limits to sizes that fit in memory. */
export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  return (await bytesOf(body)).toString("utf8");
}

/** The whole body. */
export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
