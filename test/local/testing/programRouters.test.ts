/** The routers of a program in the local cloud: their streams, their secrets and the schemas of their registry. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Secret, SecretVersion } from "@pulumi/aws/secretsmanager";
import { Parameter } from "@pulumi/aws/ssm";
import { DataLake, FormatRouter, SchemaRegistry, StreamIngest } from "streamlake";
import { readLines } from "../../../lake/envelope";
import { kinesisEvent } from "../../../local/kinesisTestEvent";
import { type ProgramRouter, withProgramRouters } from "../../../local/testing/programRouters";
import { readRawLine } from "../../../local/testing/routedRecords";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "program-routers-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const inCloud = <T>(program: () => unknown, work: (routers: readonly ProgramRouter[]) => Promise<T>) =>
  withProgramRouters({ program, project: "shop", stack: "dev", config: {}, dataDir, seed: 7 }, work);

async function route(router: ProgramRouter | undefined, records: readonly (string | Uint8Array)[]) {
  const { objects, failed } = await (router as ProgramRouter).route(
    kinesisEvent(records.map((data) => ({ data }))).Records,
  );
  const lines = [...objects].map(([key, body]) => ({ isRow: key.startsWith(router?.rawPrefix ?? "?"), body }));
  return {
    rows: lines
      .filter(({ isRow }) => isRow)
      .flatMap(({ body }) => readLines(body).map((line) => readRawLine(line).data)),
    unformatted: lines.filter(({ isRow }) => !isRow).flatMap(({ body }) => readLines(body)).length,
    failed,
  };
}

test("routers come by name, each with its stream as local names it, and its own hooks", async () => {
  const program = () => {
    const lake = new DataLake("lake", { prefix: "shop/" });
    for (const name of ["orders", "clicks"]) {
      const stream = new StreamIngest(name);
      new FormatRouter(`${name}-router`, {
        stream,
        lake,
        source: name,
        hooks: { transform: (row) => ({ ...row, name }) },
      });
    }
  };
  const found = await inCloud(program, async (routers) => {
    const routed = await route(routers[0], ['{"id":1}', "?"]);
    return { routed, routers: routers.map(({ name, stream, rawPrefix }) => ({ name, stream, rawPrefix })) };
  });
  expect(found.routers).toEqual([
    { name: "clicks-router", stream: expect.stringMatching(/^clicks-stream-[0-9a-f]{7}$/), rawPrefix: "shop/raw/" },
    { name: "orders-router", stream: expect.stringMatching(/^orders-stream-[0-9a-f]{7}$/), rawPrefix: "shop/raw/" },
  ]);
  expect(found.routed).toEqual({ rows: [{ id: 1, name: "clicks" }], unformatted: 1, failed: [] });
});

const salted = (hasValue: boolean) => () => {
  const salt = new Secret("salt");
  if (hasValue) new SecretVersion("salt-value", { secretId: salt.id, secretString: "a salt" });
  const pepper = new Parameter("pepper", { type: "SecureString", value: "a pepper" });
  new FormatRouter("router", {
    stream: new StreamIngest("in"),
    lake: new DataLake("lake"),
    secrets: { SALT: { secretArn: salt.arn }, PEPPER: { parameterArn: pepper.arn } },
    hooks: { transform: (_, { secret }) => ({ salt: secret("SALT"), pepper: secret("PEPPER") }) },
  });
};

test("hooks have the secrets of the local cloud", async () => {
  const routed = await inCloud(salted(true), ([router]) => route(router, ["{}"]));
  expect(routed).toEqual({ rows: [{ salt: "a salt", pepper: "a pepper" }], unformatted: 0, failed: [] });
});

test("a secret without value fails the batch, as in its function", async () => {
  const { rows, failed } = await inCloud(salted(false), ([router]) => route(router, ['{"a":1}', '{"a":2}']));
  expect([rows, failed.map(({ records }) => records.length)]).toEqual([[], [2]]);
  expect(String(failed[0]?.error)).toMatch(/^Error: the secret "SALT" cannot be read: Secrets Manager can't find/);
});

test("records name the schemas of the cloud's registry, by ids that are the same each time", async () => {
  const definition = JSON.stringify({ type: "record", name: "Order", fields: [{ name: "id", type: "string" }] });
  const program = () => {
    const schemaRegistry = new SchemaRegistry("shop", { schemas: { order: { format: "avro", definition } } });
    const stream = new StreamIngest("in");
    new FormatRouter("router", { stream, lake: new DataLake("lake"), formats: { avro: {} }, schemaRegistry });
  };
  const { startLocal } = require("../../../local/startLocal") as typeof import("../../../local/startLocal");
  const cloud = await startLocal({ program, project: "shop", stack: "dev", config: {}, dataDir, seed: 7 });
  const SchemaId = { SchemaArn: cloud.resources.find(({ type }) => type === "aws:glue/schema:Schema")?.outputs.arn };
  const version = (await cloud
    .call("glue", "GetSchemaVersion", { SchemaId, SchemaVersionNumber: { LatestVersion: true } })
    .finally(() => cloud.stop())) as { SchemaVersionId: string };
  const frame = (id: string) =>
    Buffer.concat([Buffer.from([3, 0]), Buffer.from(id.replaceAll("-", ""), "hex"), Buffer.from([2, 0x61])]);
  const unknown = "00000000-9c96-4e4a-a687-fb5de9ef0c63";
  const routed = await inCloud(program, ([router]) => route(router, [frame(version.SchemaVersionId), frame(unknown)]));
  expect(routed).toEqual({ rows: [{ id: "a" }], unformatted: 1, failed: [] });
});
