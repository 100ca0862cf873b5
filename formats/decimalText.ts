/** Decimal numbers of any size as text, exactly: `-12.50`. */

/** @param scale digits behind the point */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const sign = unscaled < 0n ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The reverse; undefined for text that is not such a number, or that has more digits behind the point. */
export function decimalUnscaled(text: string, scale: number): bigint | undefined {
  const found = /^(-?)(\d{1,1000})(?:\.(\d{1,1000}))?$/.exec(text);
  const fraction = found?.[3] ?? "";
  if (!found || fraction.length > scale) return undefined;
  const unscaled = BigInt(`${found[2]}${fraction.padEnd(scale, "0")}`);
  return found[1] ? -unscaled : unscaled;
}

/** Two's complement, big-endian. */
export function signedInteger(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
}
