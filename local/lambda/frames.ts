/** Frames on the pipe to a function's process: two 32-bit lengths, then a head of JSON and a body. */
import type { AnswerHead, InvocationHead } from "./bootstrap";

/** The frame of an invocation, as one buffer, so that the body's text is encoded once and copied never. */
export function invocationFrame(head: InvocationHead, body: string): Buffer {
  const headText = JSON.stringify(head);
  const headBytes = Buffer.byteLength(headText);
  const bodyBytes = Buffer.byteLength(body);
  const frame = Buffer.allocUnsafe(8 + headBytes + bodyBytes);
  frame.writeUInt32LE(headBytes, 0);
  frame.writeUInt32LE(bodyBytes, 4);
  frame.write(headText, 8);
  frame.write(body, 8 + headBytes);
  return frame;
}

export interface Answer {
  readonly kind: AnswerHead["kind"];
  readonly body: string;
}

/** Cuts what arrives on the pipe into answers. */
export class AnswerReader {
  private chunks: Buffer[] = [];
  private held = 0;
  private wanted = 8;

  read(chunk: Buffer): Answer[] {
    const answers: Answer[] = [];
    this.chunks.push(chunk);
    this.held += chunk.length;
    while (this.held >= this.wanted) {
      const all = Buffer.concat(this.chunks);
      this.chunks = [all];
      const headEnd = 8 + all.readUInt32LE(0);
      const bodyEnd = headEnd + all.readUInt32LE(4);
      this.wanted = bodyEnd;
      if (this.held < bodyEnd) break;
      const { kind } = JSON.parse(all.toString("utf8", 8, headEnd)) as AnswerHead;
      answers.push({ kind, body: all.toString("utf8", headEnd, bodyEnd) });
      this.chunks = [all.subarray(bodyEnd)];
      this.held -= bodyEnd;
      this.wanted = 8;
    }
    return answers;
  }
}
