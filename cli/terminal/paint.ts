/** Colour, only where a person looks at a terminal and has not asked for none (https://no-color.org). */
import type { Io, OutputStream } from "./io";

export interface Paint {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

export function createPaint(out: OutputStream, env: Io["env"]): Paint {
  const on = out.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  const sgr = (code: number) => (text: string) => (on ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { strong: sgr(1), faint: sgr(2), good: sgr(32), bad: sgr(31) };
}
