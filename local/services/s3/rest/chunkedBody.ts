/** Decodes an `aws-chunked` body: chunk sizes in hexadecimal, chunk signatures, and checksums as trailers. */
import { ServiceError } from "../../../cloud/service";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html */
export class ChunkedBody {
  readonly trailers: Record<string, string> = {};

  constructor(private readonly source: AsyncIterable<Uint8Array>) {}

  /** Yields the payload; the trailers are known when it ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const reader = new LineReader(this.source[Symbol.asyncIterator]());
    for (;;) {
      const size = Number.parseInt((await reader.line()).split(";")[0] as string, 16);
      if (!Number.isInteger(size) || size < 0) throw incomplete("a chunk does not begin with its size");
      if (size === 0) break;
      yield* reader.bytes(size);
      if ((await reader.line()) !== "") throw incomplete("a chunk does not end after its declared size");
    }
    for (let line = await reader.lastLine(); line !== ""; line = await reader.lastLine()) {
      const colon = line.indexOf(":");
      if (colon > 0) this.trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
  }
}

const MAX_LINE_BYTES = 16 * 1024;

class LineReader {
  private buffer: Buffer = Buffer.alloc(0);

  constructor(private readonly source: AsyncIterator<Uint8Array>) {}

  async line(): Promise<string> {
    const line = await this.maybeLine();
    if (line === undefined) throw incomplete("the body ends within a chunk");
    return line;
  }

  /** Trailers end with an empty line; some clients end the body instead. */
  async lastLine(): Promise<string> {
    return (await this.maybeLine()) ?? "";
  }

  async *bytes(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0; ) {
      if (this.buffer.length === 0 && !(await this.more())) throw incomplete("the body ends within a chunk");
      const taken = this.buffer.subarray(0, left);
      this.buffer = this.buffer.subarray(taken.length);
      left -= taken.length;
      yield taken;
    }
  }

  private async maybeLine(): Promise<string | undefined> {
    for (;;) {
      const end = this.buffer.indexOf("\r\n");
      if (end >= 0) {
        const line = this.buffer.toString("latin1", 0, end);
        this.buffer = this.buffer.subarray(end + 2);
        return line;
      }
      if (this.buffer.length > MAX_LINE_BYTES) throw incomplete("a chunk's size line does not end");
      if (!(await this.more())) return undefined;
    }
  }

  private async more(): Promise<boolean> {
    const { value, done } = await this.source.next();
    if (done) return false;
    this.buffer = Buffer.concat([this.buffer, value]);
    return true;
  }
}

function incomplete(problem: string): ServiceError {
  return new ServiceError("IncompleteBody", `The request body is not aws-chunked, as its headers declare: ${problem}.`);
}
