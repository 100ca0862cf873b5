/** Starts a program that fails, in a process of its own, and says how: run by a test that watches what else is printed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as sfn from "@pulumi/aws/sfn";
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { startLocal } from "../../../local/startLocal";

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

const programs: Record<string, () => unknown> = {
  refused: () => {
    const states = { A: { Type: "Pass", Result: 1, End: true } };
    const definition = JSON.stringify({ QueryLanguage: "JSONata", StartAt: "A", States: states });
    const roleArn = new iam.Role("r", { assumeRolePolicy: TRUST }).arn;
    return { machine: new sfn.StateMachine("m", { roleArn, definition }).arn };
  },
  rejected: () => {
    const code = new pulumi.asset.AssetArchive(Promise.reject(new Error("the package does not bundle")));
    const made = new lambda.Function("f", { role: new iam.Role("r", { assumeRolePolicy: TRUST }).arn, code });
    return { name: made.name };
  },
  throwing: () => ({
    name: new sns.Topic("t", { name: "alerts" }).name.apply((name) => {
      throw new Error(`${name} is not a name`);
    }),
  }),
};

const dataDir = mkdtempSync(join(tmpdir(), "streamlake-"));
const program = programs[process.argv[1] as string] as () => unknown;
startLocal({ program, project: "lake", stack: "dev", config: {}, dataDir, seed: 1 }).catch((error: Error) => {
  console.log(error.message);
  process.exitCode = 1;
  rmSync(dataDir, { recursive: true });
});
