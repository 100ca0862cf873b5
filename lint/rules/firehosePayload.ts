/** Holds the buffer of a delivery stream to what Lambda takes in one call. */
import type { Rule } from "../rule";
import { DELIVERY_STREAM, processorsOf } from "./types";

/** https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html */
const MAX_MEBIBYTES = 3;
const PARAMETER = "BufferSizeInMBs";

/**
 * Lambda takes and returns at most 6 MB; base64 makes 4 bytes of 3, and rows are longer than the records that they are
 * decoded from.
 */
export const firehosePayload: Rule = {
  id: "firehose-payload",
  title: "The buffer of a delivery stream should fit into one call of its function",
  find: (program) =>
    program.all(DELIVERY_STREAM).flatMap((delivery) =>
      processorsOf(delivery, program).flatMap(({ parameters }) => {
        const given = parameters.get(PARAMETER);
        const size = typeof given === "string" || typeof given === "number" ? Number(given) : Number.NaN;
        if (!(size > MAX_MEBIBYTES)) return [];
        return {
          resource: delivery,
          problem: `it hands ${size} MiB to its function at once, and Lambda takes 6 MB after base64 has made 4 bytes of 3.`,
          wayOut: `Set ${PARAMETER} to at most ${MAX_MEBIBYTES}.`,
        };
      }),
    ),
};
