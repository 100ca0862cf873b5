/** Reads the places in files from an error's stack, the one that threw first. */
import { fileURLToPath } from "node:url";

const FRAME = /^\s+at (?:.*\()?((?:file:\/\/)?\/[^()]*?):(\d+):\d+\)?$/;

export interface StackFrame {
  /** Absolute. */
  readonly file: string;
  readonly line: string;
}

/** Frames of Node.js itself and of native code are left out. */
export function stackFrames({ stack = "" }: Error): StackFrame[] {
  return stack.split("\n").flatMap((frame) => {
    const [, location, line = ""] = FRAME.exec(frame) ?? [];
    if (location === undefined) return [];
    return [{ file: location.startsWith("file:") ? fileURLToPath(location) : location, line }];
  });
}
