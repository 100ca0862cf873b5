/** The smoke test of a deployed stack, against a served cloud that it finds by AWS_ENDPOINT_URL. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { type ServedStack, serveStack } from "../support/servedStack";

/** A lake of its own, whose Parquet Firehose writes. */
const FAST = `
  const { DeliveryStream } = require(${JSON.stringify(path.join(__dirname, "../../../index"))});
  const fast = new DataLake("fast", { tables: { sales: { columns: [{ name: "total", type: "string" }] } } });
  const options = { stream, lake: fast, formats, parquet: true, bufferSeconds: 60, batchSeconds: 0 };
  outputs.fastDelivery = new DeliveryStream("fast", options).deliveryStreamName;
  outputs.fastDatabase = fast.databaseName;
  outputs.fastWorkgroup = fast.workgroupName;
`;

let served: ServedStack;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  served = await serveStack({ more: FAST });
  outputs = served.outputs;
}, 240_000);
afterAll(() => served.stop());

function smoke(given: object, ...argv: string[]) {
  const file = path.join(served.work, "given.json");
  writeFileSync(file, JSON.stringify(given));
  return served.run(["smoke", "--outputs", file, ...argv]);
}

test("every step of a stack that works is checked, with a line each", async () => {
  const { code, out, err } = await smoke(outputs, "--records", "60", "--malformed", "0.2");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const lines = out.trimEnd().split("\n");
  expect(lines.map((line) => line.split(/ +/, 2).join(" "))).toEqual(
    expect.arrayContaining(["ok sent", "ok landed", "ok hour", "ok table", "ok ledger"]),
  );
  expect(lines[1]).toMatch(/^ok {2}landed {4}48 as \d+ rows, 12 unformatted$/);
  expect(lines.at(-1)).toMatch(
    /^ok {2}ledger {4}60 records in = 48 with rows \+ 12 unformatted; (\d+) rows in raw\/ = \1 in/,
  );
}, 240_000);

test("on a stack whose Parquet Firehose writes, the rows of all records are in the view, each once", async () => {
  const { fastDelivery = "", fastDatabase = "", fastWorkgroup = "" } = outputs;
  const names = { deliveryStreamName: fastDelivery, databaseName: fastDatabase, workgroupName: fastWorkgroup };
  const refused = await smoke({ ...outputs, ...names });
  expect(refused).toEqual({
    code: 1,
    out: "",
    err: `streamlake smoke: Firehose (${fastDelivery}) keeps malformed records in failed-deliveries/ without their ids, so that they cannot be found; give --malformed 0\n`,
  });
  const late = await smoke({ ...outputs, ...names }, "--records", "2", "--malformed", "0", "--timeout", "1");
  expect(late.err).toMatch(/^streamlake smoke: 2 records of 2 have no rows in sales_delivered in time; check the /);
  const { code, out, err } = await smoke({ ...outputs, ...names }, "--records", "40", "--malformed", "0");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.trimEnd().split("\n").at(-1)).toMatch(
    /^ok {2}view {6}sales_delivered has \d+ rows of 40 records, each once$/,
  );
}, 240_000);

test("a database that is not the stack's fails with the table and the reason", async () => {
  const { code, err } = await smoke({ ...outputs, databaseName: "other" }, "--records", "5", "--malformed", "0");
  expect(code).toBe(1);
  expect(err).toMatch(/^streamlake smoke: SQL on the table records of other failed: .+\n$/);
}, 240_000);

test("records that do not land in the lake fail with their number", async () => {
  const elsewhere = { ...outputs, bucketName: outputs.resultsBucket };
  const { code, err } = await smoke(elsewhere, "--records", "3", "--timeout", "3");
  expect(code).toBe(1);
  expect(err).toMatch(
    /^streamlake smoke: 3 records of 3 did not land in lake-results-\w+ in time, the first is shardId-\d+\/\d+; /,
  );
}, 240_000);

test.each([
  ["not JSON", "{", "expected JSON"],
  ["no outputs", "{}", "has no output streamName, bucketName, databaseName, workgroupName, stateMachineArn; export it"],
])("a file with %s is refused", async (_, text, message) => {
  const file = path.join(served.work, "wrong.json");
  writeFileSync(file, text);
  const { err } = await served.run(["smoke", "--outputs", file]);
  expect(err).toContain(message);
});
