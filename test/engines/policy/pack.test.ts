/** The policy pack on Pulumi's engine: the shipped stacks pass it, and a program that violates controls is stopped. */
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { PACK, packConfigFile } from "../../policy/support/packConfigFile";
import { createEngine } from "../pulumi/engine";
import { type LocalAws, startLocalAws } from "../pulumi/localAws";
import { openStack } from "../pulumi/shippedStack";

/** The arguments that README and docs/policies.md name. */
function withPack(stack: string): string[] {
  const config = packConfigFile(stack);
  return ["--policy-pack", PACK, ...(config === undefined ? [] : ["--policy-pack-config", config])];
}

test.each(["dev", "staging", "prod"])(
  "%s passes it, in a preview and in an update, again where nothing changes",
  async (name) => {
    const stack = await openStack({ stack: name });
    try {
      for (const operation of ["preview", "up", "up"] as const) {
        const run = await stack.engine[operation](...withPack(name));
        expect(run).toMatchObject({ code: 0, errors: [] });
        expect(policiesOf(run.stdout)).toEqual([`✅ streamlake@v0.1.0 (local: ${PACK})`]);
      }
    } finally {
      await stack.close();
    }
  },
);

test("dev without its exemptions is stopped: its buckets keep no access logs", async () => {
  const stack = await openStack({ stack: "dev" });
  try {
    const run = await stack.engine.preview("--policy-pack", PACK);
    expect(run.code).not.toBe(0);
    expect(idsOf(run.stdout)).toEqual(["S3.9"]);
  } finally {
    await stack.close();
  }
});

describe("a program that violates controls", () => {
  let aws: LocalAws;
  beforeAll(async () => {
    aws = await startLocalAws();
  });
  afterAll(() => aws?.stop());

  const project = path.join(__dirname, "wrong");

  test("is stopped in its preview, by the ids of what it violates", async () => {
    const engine = await createEngine({ project, stack: "dev", env: aws.env });
    try {
      const run = await engine.preview("--policy-pack", PACK);
      expect(run.code).not.toBe(0);
      expect(idsOf(run.stdout)).toEqual(["Kinesis.1", "Kinesis.3", "S3.13", "S3.5", "S3.8", "S3.9"]);
      expect(run.stdout).toContain(
        "stream: keeps records for 24 hours instead of 168. Set retentionPeriod to at least that many hours.",
      );
    } finally {
      engine.remove();
    }
  });

  test("goes on where the pack's configuration says so, told of what is advisory", async () => {
    const engine = await createEngine({ project, stack: "dev", env: aws.env });
    try {
      const config = path.join(engine.directory, "pack.json");
      const disabled = ["Kinesis.1", "S3.5", "S3.8"].map((control) => [control, "disabled"]);
      writeFileSync(
        config,
        JSON.stringify({
          ...Object.fromEntries(disabled),
          "Kinesis.3": { minimumBackupRetentionPeriod: 24 },
          "S3.9": { exempt: { bucket: "it is never filled" } },
          "S3.13": "advisory",
        }),
      );
      const run = await engine.preview("--policy-pack", PACK, "--policy-pack-config", config);
      expect(run).toMatchObject({ code: 0, errors: [] });
      expect(idsOf(run.stdout)).toEqual([]);
      expect(run.stdout).toMatch(/\[advisory\].*S3\.13/);
    } finally {
      engine.remove();
    }
  });

  test("is stopped in its update before a resource is made that violates a control by itself", async () => {
    const engine = await createEngine({ project, stack: "dev", env: aws.env });
    try {
      const run = await engine.up("--policy-pack", PACK);
      expect(run.code).not.toBe(0);
      expect(idsOf(run.stdout)).toEqual(expect.arrayContaining(["Kinesis.1", "Kinesis.3"]));
      expect(aws.cloud.provisioner.all().map(({ type }) => type)).not.toContain("aws:kinesis/stream:Stream");
    } finally {
      engine.remove();
    }
  });
});

/** What the CLI says below `Policies:`. */
function policiesOf(stdout: string): string[] {
  const lines = stdout.split("\n").map((line) => line.trim());
  const start = lines.indexOf("Policies:");
  if (start < 0) return [];
  return lines.slice(start + 1, lines.indexOf("", start)).filter(Boolean);
}

/** The controls that are violated, each once. */
function idsOf(stdout: string): string[] {
  const ids = [...stdout.matchAll(/\[mandatory\].*?\b([A-Za-z0-9]+\.\d+)\b/g)].map(([, id]) => id as string);
  return [...new Set(ids)].sort();
}
