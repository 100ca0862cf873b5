/** Why a payload cannot become rows: a reason code and a detail that never holds payload. */

/**
 * `format`: matches no enabled format or breaks its rules; `too-large`: larger than `limits.payloadBytes`, packed, unpacked or as
 * rows; `limits`: past another bound of `limits.ts`; `checksum`: not what its own checksum was made of; `empty`: no bytes or no rows.
 */
export type FormatReason = "format" | "too-large" | "limits" | "checksum" | "empty";

export class FormatError extends Error {
  override readonly name = "FormatError";

  /**
   * @param format the format that refused, or `"unknown"`
   * @param detail lengths and positions, never payload
   */
  constructor(
    readonly format: string,
    readonly detail: string,
    readonly reason: FormatReason = "format",
    options?: ErrorOptions,
  ) {
    // A stream may hold nothing but what is refused, and a trace of the stack, which nobody reads, takes most of the time of it.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`formats/${format}: ${detail}`, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
