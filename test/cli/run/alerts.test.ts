import { alertLines, readAlerts } from "../../../cli/run/alerts";
import type { LocalCloud } from "../../../local/startLocal";

const ARN = "arn:aws:sns:us-east-1:000000000000:shop-topic";

function cloud(messages: readonly object[]): Pick<LocalCloud, "resources" | "service"> {
  const resource = (type: string, name: string, id: string, urn: string, parent?: string) =>
    ({ type, name, id, urn, ...(parent && { parent }), inputs: {}, outputs: {}, simulated: true }) as const;
  const topics = [
    { arn: ARN, messages },
    { arn: `${ARN}-other`, messages: [{ body: '{"text":"of another"}' }] },
  ];
  return {
    resources: [
      resource("streamlake:index:ContentAlerts", "shop", "", "urn:shop"),
      resource("aws:sns/topic:Topic", "shop-topic", ARN, "urn:topic", "urn:shop"),
      resource("aws:sns/topic:Topic", "failures", `${ARN}-other`, "urn:other"),
    ],
    service: () => ({ topics: () => topics }) as never,
  };
}

test("each component's own messages are read, and discarded batches are described", () => {
  const given = { KinesisBatchInfo: { batchSize: 2, shardId: "shardId-000000000000", startSequenceNumber: "7" } };
  const [said, ...others] = readAlerts(
    cloud([{ subject: "Alert: large", body: '{"rule":"large","text":"over 100"}' }, { body: JSON.stringify(given) }]),
  );
  expect(others).toEqual([]);
  expect(said).toEqual({
    name: "shop",
    messages: [
      { subject: "Alert: large", text: "over 100" },
      { subject: "A batch was discarded", text: "2 records of shardId-000000000000, from 7" },
    ],
  });
});

test("twenty messages are shown, and how many more there are", () => {
  const messages = Array.from({ length: 22 }, (_, n) => ({ subject: "Alert: large", text: `order ${n}` }));
  const lines = alertLines({ name: "shop", messages });
  expect(lines).toHaveLength(21);
  expect(lines[0]).toBe("  Alert: large: order 0");
  expect(lines[20]).toBe("  … and 2 messages more");
  expect(alertLines({ name: "shop", messages: [] })).toEqual(["  no alerts"]);
});
