import { copyColumns } from "../../../lint/rules/copyColumns";
import { foundBy, type Given } from "../support/programOf";

const statement = (name: string, sql: string): Given => ({
  type: "aws:redshiftdata/statement:Statement",
  name,
  inputs: { sql },
});
const create = statement(
  "create",
  'CREATE TABLE IF NOT EXISTS public.orders (id BIGINT NOT NULL, "Total" DECIMAL(10, 2) DEFAULT (0), at TIMESTAMP, PRIMARY KEY (id)) DISTKEY (id)',
);
const machine = (sql: string): Given => ({
  type: "aws:sfn/stateMachine:StateMachine",
  name: "load",
  inputs: { definition: JSON.stringify({ States: { Copy: { Parameters: { Sqls: [sql] } } } }) },
});
const firehose = (dataTableName: string, dataTableColumns?: string): Given => ({
  type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  name: "delivery",
  inputs: { redshiftConfiguration: { dataTableName, dataTableColumns } },
});

test.each<[string, Given[]]>([
  [
    "COPY of the table's columns",
    [create, statement("copy", "COPY orders (ID, total) FROM 's3://b/' IAM_ROLE DEFAULT")],
  ],
  ["COPY of all columns", [create, statement("copy", "COPY orders FROM 's3://b/' IAM_ROLE DEFAULT")]],
  ["a table of another program", [statement("copy", "COPY orders (id, nope) FROM 's3://b/'")]],
  [
    "a table that is changed afterwards",
    [
      create,
      statement("alter", "ALTER TABLE orders ADD COLUMN nope INT"),
      machine("COPY orders (nope) FROM 's3://b/'"),
    ],
  ],
  [
    "a table like another",
    [statement("like", "CREATE TABLE staged (LIKE orders)"), machine("COPY staged (nope) FROM 's3://b/'")],
  ],
  ["computed columns", [create, machine("COPY orders ({% $columns %}) FROM 's3://b/'")]],
  ["Firehose with the table's columns", [create, firehose("orders", "id,total,at")]],
  ["Firehose without a list", [create, firehose("orders")]],
])("%s passes", (_, given) => {
  expect(foundBy(copyColumns, given)).toEqual([]);
});

test("a column that the table lacks fails, in statements, state machines and Firehose", () => {
  const sql = "COPY public.orders (id, customer, nope) FROM 's3://b/' IAM_ROLE DEFAULT";
  const found = (who: string) =>
    `${who}: it copies customer, nope into orders, whose columns are id, total, at. Add the columns to CREATE TABLE, or leave them out of the list of columns.`;
  expect(foundBy(copyColumns, [create, statement("copy", sql)])).toEqual([found("copy")]);
  expect(foundBy(copyColumns, [create, machine(sql)])).toEqual([found("load")]);
  expect(foundBy(copyColumns, [create, firehose("orders", "id, customer, nope")])).toEqual([found("delivery")]);
});
