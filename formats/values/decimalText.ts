/** Converts decimal numbers of any size to text and back, exactly: `-12.50`. */

/** @param scale digits after the point */
export function decimalText(unscaled: number | bigint, scale: number): string {
  const digits = (unscaled < 0 ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const sign = unscaled < 0 ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The reverse; undefined for text that is not such a number, or that has more digits after the point. */
export function decimalUnscaled(text: string, scale: number): bigint | undefined {
  const found = /^(-?)(\d{1,1000})(?:\.(\d{1,1000}))?$/.exec(text);
  const fraction = found?.[3] ?? "";
  if (!found || fraction.length > scale) return undefined;
  const unscaled = BigInt(`${found[2]}${fraction.padEnd(scale, "0")}`);
  return found[1] ? -unscaled : unscaled;
}

/** Reads a big-endian integer in two's complement; a bigint if it has more than six bytes, 0 if it has none. */
export function signedInteger(bytes: Buffer, start: number, end: number): number | bigint {
  const length = end - start;
  if (length === 0) return 0;
  if (length <= 6) return bytes.readIntBE(start, length);
  return BigInt.asIntN(length * 8, BigInt(`0x${bytes.toString("hex", start, end)}`));
}
