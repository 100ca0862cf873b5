/** The error for a payload that cannot become rows: a reason code, and a detail that never contains payload. */

/**
 * `format`: matches no enabled format, or breaks its rules; `too-large`: exceeds `limits.payloadBytes` packed, unpacked or as
 * rows; `limits`: exceeds another limit of `limits.ts`; `checksum`: does not match its own checksum; `empty`: no bytes or no rows.
 */
export type FormatReason = "format" | "too-large" | "limits" | "checksum" | "empty";

export class FormatError extends Error {
  override readonly name = "FormatError";

  /**
   * @param format the format that refused the payload, or `"unknown"`
   * @param detail lengths and positions, never payload
   */
  constructor(
    readonly format: string,
    readonly detail: string,
    readonly reason: FormatReason = "format",
    options?: ErrorOptions,
  ) {
    // No stack trace: it is never read, and a stream may consist of refused payloads, for which it would take most of the time.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`formats/${format}: ${detail}`, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
