/** Each control of the pack passes and fails, asked as Pulumi's engine asks it. */
import { contradictions, controls } from "streamlake/policy";
import { bucketAccessCases } from "./support/bucketAccess";
import { bucketUpkeepCases } from "./support/bucketUpkeep";
import { testControls } from "./support/controlCase";
import { dynamodbCases } from "./support/dynamodb";
import { gatewayCases } from "./support/gateways";
import { messageCases } from "./support/messages";
import { permissionCases } from "./support/permissions";
import { redshiftCases } from "./support/redshift";
import { type Resource, RunningPack } from "./support/runningPack";
import { streamCases } from "./support/streams";

const CASES = {
  ...streamCases,
  ...messageCases,
  ...permissionCases,
  ...bucketAccessCases,
  ...bucketUpkeepCases,
  ...dynamodbCases,
  ...redshiftCases,
  ...gatewayCases,
};
let pack: RunningPack;

beforeAll(async () => {
  pack = await RunningPack.start();
});
afterAll(() => pack.stop());

test("every control has cases that pass and cases that fail", async () => {
  const rules = contradictions.map(({ name }) => name);
  const served = (await pack.info()).policiesList
    .map(({ name }) => name)
    .filter((name) => !rules.includes(name))
    .sort();
  expect(Object.keys(CASES).sort()).toEqual(served);
  const lacking = Object.entries(CASES).filter(([, { passes, fails }]) => passes.length === 0 || fails.length === 0);
  expect(lacking).toEqual([]);
});

testControls(CASES, () => pack);

test("the pack serves what the package exports, under the package's version", async () => {
  const { name, version, policiesList } = await pack.info();
  expect([name, version]).toEqual(["streamlake", require("../../package.json").version]);
  expect(policiesList.map((policy) => policy.name)).toEqual(
    [...controls, ...contradictions].map((policy) => policy.name),
  );
});

const stream: Resource = { type: "aws:kinesis/stream:Stream", props: { encryptionType: "NONE", retentionPeriod: 168 } };

test.each([
  ["mandatory", [["Kinesis.1", "mandatory"]]],
  ["advisory", [["Kinesis.1", "advisory"]]],
  ["disabled", []],
] as const)("a control can be %s", async (enforcementLevel, expected) => {
  const found = await pack.violations([stream], { "Kinesis.1": { enforcementLevel } });
  expect(found.map(({ control, level }) => [control, level])).toEqual(expected);
});

test("what a preview does not know is not held against a resource", async () => {
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const policy: Resource = { type: "aws:iam/rolePolicy:RolePolicy", props: { role: "r", policy: unknown } };
  expect(
    await pack.violations([policy, { ...stream, props: { encryptionType: unknown, retentionPeriod: 168 } }]),
  ).toEqual([]);
});
