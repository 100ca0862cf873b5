/** Functions of a few lines in real processes, for tests: a directory that goes away, and a cloud that allows everything. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { systemClock } from "../../../local/cloud/clock";
import { Metrics } from "../../../local/cloud/metrics/metrics";
import type { CloudContext } from "../../../local/cloud/service";
import { bootstrap } from "../../../local/services/lambda/bootstrap";
import { type FunctionSpec, readFunctionSpec } from "../../../local/services/lambda/functionSpec";
import { Gate } from "../../../local/services/lambda/gate";
import { LambdaFunction } from "../../../local/services/lambda/lambdaFunction";
import { Seeded } from "./mapping/seeded";

export const ROLE = "arn:aws:iam::123456789012:role/router";

export class FunctionWorld {
  readonly directory = mkdtempSync(path.join(tmpdir(), "streamlake-lambda-"));
  private readonly functions: LambdaFunction[] = [];
  private readonly random = new Seeded(1);

  readonly cloud: CloudContext = {
    region: "us-east-1",
    accountId: "123456789012",
    clock: systemClock,
    random: () => this.random.next(),
    redeliver: false,
    dataDir: this.directory,
    metrics: new Metrics(systemClock),
    call: () => Promise.reject(new Error("no other service is here")),
    authorize: () => undefined,
    service: () => {
      throw new Error("no other service is here");
    },
  };

  /** A function whose package is this text. */
  make(name: string, code: string, inputs: Record<string, unknown> = {}, places = 4): LambdaFunction {
    const root = path.join(this.directory, "lambda", name);
    mkdirSync(root, { recursive: true });
    writeFileSync(path.join(root, "index.js"), code);
    const bootstrapFile = path.join(this.directory, "lambda", "bootstrap.js");
    writeFileSync(bootstrapFile, `"use strict";\n(${bootstrap.toString()})();\n`);
    const made = new LambdaFunction(
      this.spec(name, root, inputs),
      this.cloud,
      {
        endpoint: "http://127.0.0.1:4566",
        credentialsFor: () => ({ accessKeyId: "ASIA1", secretAccessKey: "secret", sessionToken: "token" }),
      },
      bootstrapFile,
      new Gate(places),
    );
    this.functions.push(made);
    return made;
  }

  async end(): Promise<void> {
    await Promise.all(this.functions.map((each) => each.stop()));
    rmSync(this.directory, { recursive: true });
  }

  private spec(name: string, root: string, inputs: Record<string, unknown>): FunctionSpec {
    const declared = { runtime: "nodejs24.x", handler: "index.handler", role: ROLE, ...inputs };
    const arn = `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
    return readFunctionSpec(name, declared, { name, arn, region: "us-east-1", root });
  }
}
