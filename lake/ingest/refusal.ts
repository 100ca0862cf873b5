/** A request that the HTTP entry refuses: the status, and a sentence that names the cause and the way out. */

export class IngestRefusal extends Error {
  override readonly name = "IngestRefusal";

  /** @param detail for the client; lengths and positions, never content of the body */
  constructor(
    readonly status: 400 | 404 | 405 | 413 | 415 | 500 | 503,
    readonly detail: string,
    /** Headers of the response. @default none */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
  }
}

/** @param place `record`, `line 3`, `row 17`, `element 5` */
export function recordTooLarge(place: string, bytes: number, maxBytes: number): IngestRefusal {
  return new IngestRefusal(
    413,
    `The ${place} has ${bytes} bytes with its stream partition key, and the stream takes at most ${maxBytes}: send a smaller one.`,
  );
}
