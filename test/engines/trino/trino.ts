/** A Trino process over a local cloud's catalog and objects, which answers queries as Athena's engine does. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

const ENGINE = path.resolve(__dirname, "../../../.engines/trino");

export interface TrinoResult {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  /** Each value as Athena's results spell it. */
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface Trino {
  /** @throws with Trino's message if the query fails */
  query(sql: string): Promise<TrinoResult>;
  close(): Promise<void>;
}

/** @param nowMillis the time of `current_date` */
export async function startTrino(endpoint: string, database: string, nowMillis = Date.now()): Promise<Trino> {
  const classPath = ["classes", "lib/*", "hive/*"].map((part) => path.join(ENGINE, part)).join(path.delimiter);
  const time = new Date(nowMillis).toISOString();
  const logs = `-Djava.util.logging.config.file=${path.join(__dirname, "logging.properties")}`;
  const child = spawn("java", ["-Xmx1500m", logs, "-cp", classPath, "TrinoShell", endpoint, database, time]);
  const problems: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => problems.push(chunk.toString("utf8")));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { done, value } = await answers.next();
    if (done) throw new Error(`Trino has ended: ${problems.join("").trim().slice(-2000)}`);
    return JSON.parse(value) as TrinoResult & { error?: string };
  };
  await answer();
  let last: Promise<unknown> = Promise.resolve();
  return {
    query(sql) {
      const asked = last.then(async () => {
        child.stdin.write(`${JSON.stringify(sql)}\n`);
        const result = await answer();
        if (result.error !== undefined) throw new Error(result.error);
        return result;
      });
      last = asked.catch(() => undefined);
      return asked;
    },
    close: () => end(child),
  };
}

async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.stdin.end();
  await ended;
}
