/** An `Io` whose streams are kept, for running commands in tests. */
import { Readable } from "node:stream";
import type { Io } from "../../../cli/terminal/io";
import { systemClock } from "../../../local/cloud/clock";

export interface TestIo extends Io {
  out(): Buffer;
  err(): string;
}

export function testIo(changes: Partial<Io> = {}): TestIo {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  return {
    stdout: { write: (chunk) => out.push(Buffer.from(chunk)) },
    stderr: { write: (chunk) => err.push(Buffer.from(chunk)) },
    stdin: Readable.from([]),
    env: {},
    cwd: "/nowhere",
    clock: systemClock,
    random: () => 0.5,
    signal: new AbortController().signal,
    ...changes,
    out: () => Buffer.concat(out),
    err: () => Buffer.concat(err).toString(),
  };
}
