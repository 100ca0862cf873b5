/** Writes and reads frames on the pipe to a function's process: two 32-bit lengths, a head of JSON and a body. */
import type { AnswerHead, InvocationHead } from "./bootstrap";

/** The bytes before an event on the pipe; separate, so that the event itself is not copied. */
export function invocationPrefix(head: InvocationHead, eventBytes: number): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(text.length, 0);
  lengths.writeUInt32LE(eventBytes, 4);
  return Buffer.concat([lengths, text]);
}

export interface Answer {
  readonly kind: AnswerHead["kind"];
  readonly body: string;
}

/** Splits bytes from the pipe into answers. */
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
