/** SchemaRegistry: its resources, what access to it is, routers that read from it, and what it refuses. */
import {
  ContentAlerts,
  DataLake,
  FormatRouter,
  SchemaRegistry,
  type SchemaRegistryArgs,
  StreamIngest,
} from "streamlake";
import { declare } from "streamlake/testing";
import { listed, packageOf, statements } from "./support/listed";

const AVRO = '{"type":"record","name":"Order","fields":[{"name":"total","type":"double"}]}';
const SCHEMAS: SchemaRegistryArgs["schemas"] = {
  orders: { format: "avro", definition: AVRO },
  visits: { format: "json", definition: "{}", compatibility: "NONE" },
};

test("declares a registry named by project and stack, and its schemas; in a preview, too", async () => {
  const program = () => new SchemaRegistry("shop", { schemas: SCHEMAS }).registryArn;
  const declared = await declare(program);
  expect(listed(declared)).toEqual([
    "aws:glue/registry:Registry shop-registry",
    "aws:glue/schema:Schema shop-schema-orders",
    "aws:glue/schema:Schema shop-schema-visits",
    "streamlake:index:SchemaRegistry shop",
  ]);
  expect(listed(await declare(program, { preview: true }))).toEqual(listed(declared));
  expect(declared.one("shop-registry").inputs).toEqual({ registryName: "project-stack-shop" });
  expect(declared.one("shop-schema-orders").inputs).toEqual({
    schemaName: "orders",
    registryArn: declared.outputs,
    dataFormat: "AVRO",
    compatibility: "BACKWARD",
    schemaDefinition: AVRO,
  });
  expect(declared.one("shop-schema-visits").inputs).toMatchObject({ dataFormat: "JSON", compatibility: "NONE" });
});

test("a router that is given it may look schemas up, and only its package asks Glue", async () => {
  const program = () => {
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    const schemaRegistry = new SchemaRegistry("shop", { schemas: SCHEMAS });
    new FormatRouter("with", { stream, lake, schemaRegistry, formats: { json: {}, avro: {} } });
    new FormatRouter("without", { stream, lake, formats: { json: {}, avro: {} } });
  };
  const declared = await declare(program);
  const lookup = { Effect: "Allow", Action: ["glue:GetSchemaVersion"], Resource: ["*"] };
  expect(statements(declared.one("with-router-policy"))).toContainEqual(lookup);
  expect(statements(declared.one("without-router-policy"))).not.toContainEqual(lookup);
  const [large, small] = await Promise.all(
    ["with", "without"].map((name) => packageOf(declared.one(`${name}-router-function`))),
  );
  expect(large).toContain("GetSchemaVersion");
  expect(small).not.toContain("GetSchemaVersion");
});

test("alerts that are given it may look schemas up, and only their package asks Glue", async () => {
  const program = () => {
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    const schemaRegistry = new SchemaRegistry("shop", { schemas: SCHEMAS });
    const args = { stream, lake, rules: { any: () => "a row" }, formats: { json: {}, avro: {} } };
    new ContentAlerts("with", { ...args, schemaRegistry });
    new ContentAlerts("without", args);
  };
  const declared = await declare(program);
  const lookup = { Effect: "Allow", Action: ["glue:GetSchemaVersion"], Resource: ["*"] };
  expect(statements(declared.one("with-alerts-policy"))).toContainEqual(lookup);
  expect(statements(declared.one("without-alerts-policy"))).not.toContainEqual(lookup);
  const [large, small] = await Promise.all(
    ["with", "without"].map((name) => packageOf(declared.one(`${name}-alerts-function`))),
  );
  expect(large).toContain("GetSchemaVersion");
  expect(small).not.toContain("GetSchemaVersion");
});

test.each<[SchemaRegistryArgs, string]>([
  [{ schemas: {} }, "schemas is empty; give at least one."],
  [
    { schemas: { "a b": SCHEMAS.orders as never } },
    'schema "a b" is not a name; use letters, digits, "-", "_", "$", "#" and ".".',
  ],
  [
    { schemas: { a: { format: "xml" as never, definition: "{}" } } },
    'format of schema "a" is "xml"; use one of "avro"',
  ],
  [{ schemas: { a: { format: "avro", definition: "{" } } }, 'the definition of schema "a" is not JSON.'],
  [{ schemas: SCHEMAS, compatibility: "SOME" as never }, 'compatibility is "SOME"; use one of "NONE"'],
])("%j is refused", async (args, problem) => {
  await expect(declare(() => new SchemaRegistry("shop", args))).rejects.toThrow(`SchemaRegistry "shop": ${problem}`);
});
