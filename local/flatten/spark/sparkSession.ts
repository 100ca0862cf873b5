/** Runs Glue scripts unchanged in one Spark process, with folders as buckets. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

export interface SparkSession {
  /**
   * Runs a script to its end; scripts run one at a time. Returns the seconds it took.
   *
   * @param script the script's path
   * @param scriptArguments as Glue passes them: `["--BUCKET", "lake", …]`
   * @throws SparkError with the script's error
   */
  run(script: string, scriptArguments: readonly string[]): Promise<number>;
  stop(): Promise<void>;
}

/** The error of a script, with Python's message. */
class SparkError extends Error {
  override readonly name = "SparkError";
}

interface SparkOptions {
  /** The Python with PySpark, from `findSpark`. */
  readonly python: string;
  /** Absolute path of the directory of buckets: each folder in it is a bucket, each file below that an object. */
  readonly buckets: string;
}

interface Reply {
  readonly spark?: string;
  readonly seconds?: number;
  readonly error?: string;
}

/** The folder `jobs/`: beside the sources, or beside `dist/` in the package. */
const SERVERS = ["../../../jobs/standIn/sparkServer.py", "../../../../jobs/standIn/sparkServer.py"];
const KEPT_LOG = 4000;

/** Starts Spark, which takes seconds. */
export async function startSpark({ python, buckets }: SparkOptions): Promise<SparkSession> {
  const server = SERVERS.map((file) => path.join(__dirname, file)).find((file) => existsSync(file)) as string;
  const child = spawn(python, [server], {
    env: { ...process.env, STREAMLAKE_BUCKETS: buckets, PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const replies = repliesOf(child);
  await replies();
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(script, scriptArguments) {
      const run = last.then(async () => {
        child.stdin.write(`${JSON.stringify({ script, arguments: scriptArguments })}\n`);
        return Number((await replies()).seconds);
      });
      last = run.catch(() => undefined);
      return run;
    },
    async stop() {
      await last;
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.stdin.end();
      await ended;
    },
  };
}

/** Each call returns the next reply. If Spark ends instead, it throws with the end of Spark's log. */
function repliesOf(child: ChildProcess): () => Promise<Reply> {
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-KEPT_LOG);
  });
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new SparkError(`Spark ended with code ${code}: ${log.trim()}`)));
  });
  ended.catch(() => undefined); // reported to the callers that wait for a reply
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  return async () => {
    const next = await Promise.race([lines.next(), ended]);
    if (next.done) return ended;
    const reply = JSON.parse(next.value) as Reply;
    if (reply.error !== undefined) throw new SparkError(reply.error);
    return reply;
  };
}
