/** The e-mail subscriptions of the topic of failures, of each component that has one. */
import * as aws from "@pulumi/aws/sns";
import { DataLake, FormatRouter, HourlyEtl, Replay, StreamIngest, Warehouse } from "streamlake";
import { declare } from "streamlake/testing";
import { listed } from "../support/listed";

type Failures = Pick<ConstructorParameters<typeof HourlyEtl>[1], "failureEmails" | "failureTopic">;

const lake = () => new DataLake("lake");
const hourly = (args: Failures) => () => void new HourlyEtl("etl", { lake: lake(), ...args });
const replay = (args: Failures) => () => {
  const router = new FormatRouter("router", { stream: new StreamIngest("in"), lake: lake() });
  new Replay("again", { router, ...args });
};
const warehouse = (args: Failures) => () => {
  const tables = { orders: { columns: [{ name: "total", type: "double" as const }] } };
  const subnetIds = ["subnet-a", "subnet-b", "subnet-c"];
  new Warehouse("wh", { lake: new DataLake("lake", { tables }), vpcId: "vpc-1", subnetIds, ...args });
};
const EMAILS = ["on-call@example.com", "Ann.O'Hara+lake@mail.example.org"];

test.each([
  ["HourlyEtl", "etl", hourly],
  ["Replay", "again", replay],
  ["Warehouse", "wh", warehouse],
])("%s subscribes each address to its topic, in previews too", async (_component, name, program) => {
  for (const preview of [false, true]) {
    const declared = await declare(program({ failureEmails: EMAILS }), { preview });
    expect(listed(declared).filter((line) => line.includes("/topicSubscription:"))).toEqual([
      `aws:sns/topicSubscription:TopicSubscription ${name}-failures-Ann.O'Hara+lake@mail.example.org`,
      `aws:sns/topicSubscription:TopicSubscription ${name}-failures-on-call@example.com`,
    ]);
    const [first] = declared.resources.filter(({ name: one }) => one === `${name}-failures-on-call@example.com`);
    expect(first?.inputs).toMatchObject({ protocol: "email", endpoint: "on-call@example.com" });
  }
  const topic = `arn:aws:sns:us-east-1:123456789012:${name}-failures`;
  const declared = await declare(program({ failureEmails: ["on-call@example.com"] }));
  expect(declared.one(`${name}-failures-on-call@example.com`).inputs).toEqual({
    topic,
    protocol: "email",
    endpoint: "on-call@example.com",
  });
});

test("no subscription is declared without addresses", async () => {
  for (const args of [{}, { failureEmails: [] }]) {
    expect(listed(await declare(hourly(args))).filter((line) => line.includes("Subscription"))).toEqual([]);
  }
});

test("nodes hold the subscriptions by address, and a transform changes them", async () => {
  const declared = await declare(() => {
    const { failureEmails } = new HourlyEtl("etl", {
      lake: lake(),
      failureEmails: EMAILS,
      transform: {
        failureEmail: (args) => {
          args.deliveryPolicy = "{}";
        },
      },
    }).nodes;
    return Object.fromEntries(Object.entries(failureEmails).map(([address, { endpoint }]) => [address, endpoint]));
  });
  expect(declared.outputs).toEqual(Object.fromEntries(EMAILS.map((address) => [address, address])));
  expect(declared.one("etl-failures-on-call@example.com").inputs.deliveryPolicy).toBe("{}");
});

const TOPIC = { topicArn: "arn:aws:sns:us-east-1:123456789012:on-call" };
const refused: [string, () => Failures, string][] = [
  [
    "a topic of others",
    () => ({ failureTopic: TOPIC, failureEmails: EMAILS }),
    "failureEmails are for a topic that the component declares, and its failureTopic exists; subscribe the addresses to that topic, or leave failureEmails out.",
  ],
  [
    "an aws.sns.Topic",
    () => ({ failureTopic: new aws.Topic("mine"), failureEmails: EMAILS }),
    "failureEmails are for a topic that the component declares, and its failureTopic exists; subscribe the addresses to that topic, or leave failureEmails out.",
  ],
  [
    "a name",
    () => ({ failureEmails: ["on-call"] }),
    'failureEmails has "on-call"; use addresses as "on-call@example.com".',
  ],
  [
    "a list in one string",
    () => ({ failureEmails: ["a@example.com,b@example.com"] }),
    'failureEmails has "a@example.com,b@example.com"; use addresses as "on-call@example.com".',
  ],
  [
    "the same address twice",
    () => ({ failureEmails: ["a@example.com", "A@example.com"] }),
    'failureEmails has "A@example.com" twice; give each address once.',
  ],
];

test.each(refused)("%s is refused", async (_case, args, problem) => {
  const refusal = async (program: () => void) => (await declare(program).catch((error: Error) => error)) as Error;
  expect((await refusal(() => hourly(args())())).message).toBe(`HourlyEtl "etl": ${problem}`);
  expect((await refusal(() => replay(args())())).message).toBe(`Replay "again": ${problem}`);
});
