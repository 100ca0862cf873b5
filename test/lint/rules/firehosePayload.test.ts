import { firehosePayload } from "../../../lint/rules/firehosePayload";
import { fn, foundBy, type Given } from "../support/programOf";

const delivery = (size: unknown, more: object = {}): Given => ({
  type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  name: "delivery",
  inputs: {
    extendedS3Configuration: {
      processingConfiguration: {
        processors: [{ type: "Lambda", parameters: [{ parameterName: "BufferSizeInMBs", parameterValue: size }] }],
        ...more,
      },
    },
  },
  links: { extendedS3Configuration: ["work"] },
});

test.each([
  ["3 MiB", delivery("3")],
  ["an unknown size", delivery(Symbol("unknown"))],
  ["a transformation that is off", delivery("5", { enabled: false })],
])("%s passes", (_, given) => {
  expect(foundBy(firehosePayload, [fn("work"), given])).toEqual([]);
});

test("a larger buffer than a call takes fails", () => {
  expect(foundBy(firehosePayload, [fn("work"), delivery("5")])).toEqual([
    "delivery: it hands 5 MiB to its function at once, and Lambda takes 6 MB after base64 has made 4 bytes of 3. Set BufferSizeInMBs to at most 3.",
  ]);
});
