/** Compares Kinesis sequence numbers: decimal integers of up to 129 digits, kept as strings. */

/** Negative, zero or positive, as for `Array.prototype.sort`. */
export function compareSequence(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}
