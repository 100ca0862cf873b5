/** Names that outlive a renaming. */
import * as pulumi from "@pulumi/pulumi";
import { ContentAlerts, DataLake, HourlyEtl, SchemaRegistry, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";
import { firstName } from "../../../components/parts/firstName";

const URN = "urn:pulumi:dev::shop::streamlake:index:DataLake::data::of:shop";

const cases: [string, pulumi.ComponentResourceOptions | undefined, string][] = [
  ["without options", undefined, "lake"],
  ["without aliases", { protect: true }, "lake"],
  ["renamed", { aliases: [{ name: "data" }] }, "data"],
  ["renamed twice, the first name last", { aliases: [{ name: "store" }, { name: "data" }] }, "data"],
  ["by URN", { aliases: [URN] }, "data::of:shop"],
  ["moved, not renamed", { aliases: [{ name: "data" }, { parent: pulumi.rootStackResource }] }, "data"],
  ["an alias that is not known yet", { aliases: [pulumi.output(URN)] }, "lake"],
];

test.each(cases)("%s", (_case, opts, expected) => {
  expect(firstName("lake", opts)).toBe(expected);
});

test("a renamed lake keeps its database, a renamed hourly step its log group, a renamed registry its schemas, renamed alerts their memory", async () => {
  const declared = await declare(() => {
    const lake = new DataLake("store", {}, { aliases: [{ name: "lake" }] });
    new HourlyEtl("hourly", { lake }, { aliases: [{ name: "etl" }] });
    const rules = { large: () => "a large order" };
    const stream = new StreamIngest("ingest");
    new ContentAlerts("told", { stream, lake, rules }, { aliases: [{ name: "alerts" }] });
    const schemas = { orders: { format: "json", definition: "{}" } } as const;
    new SchemaRegistry("contracts", { schemas }, { aliases: [{ name: "schemas" }] });
  });
  expect(declared.one("store-database").inputs.name).toBe("project_stack_lake");
  const policy = JSON.parse(declared.one("told-alerts-policy").inputs.policy) as { Statement: { Resource: unknown }[] };
  expect(policy.Statement.map(({ Resource }) => Resource)).toContainEqual(["arn:aws:s3:::store-lake/alerts/alerts/*"]);
  expect(declared.one("contracts-registry").inputs.registryName).toBe("project-stack-schemas");
  expect(declared.one("hourly-workflow-logs").inputs.name).toBe("/aws/vendedlogs/states/project-stack-etl-workflow");
});
