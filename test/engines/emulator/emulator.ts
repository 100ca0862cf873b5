/** MiniStack, an AWS emulator of other people, as a child process: with TLS, with signatures and policies enforced. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { systemClock } from "../../../local/cloud/clock";
import { type Account, awsClients, type Clients } from "./clients";

const PROGRAM = path.join(__dirname, "../../../.engines/emulator/bin/ministack");
const START_MILLIS = 60_000;

export interface Emulator extends Account {
  readonly clients: Clients;
  /** What it printed, for a test's own message. */
  log(): string;
  stop(): Promise<void>;
}

export async function startEmulator(): Promise<Emulator> {
  const directory = mkdtempSync(path.join(tmpdir(), "emulator-"));
  const port = await freePort();
  const child = spawn(PROGRAM, [], {
    // Nothing of this machine's own: functions inherit the emulator's environment. They run on this very Node.
    env: {
      PATH: `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      HOME: directory,
      TMPDIR: directory,
      AUTH: "true",
      USE_SSL: "1",
      BIND_HOST: "127.0.0.1",
      MINISTACK_HOST: "127.0.0.1",
      GATEWAY_PORT: String(port),
      LOG_LEVEL: "INFO",
      // Waits, retries and polls of workflows take no time.
      SFN_WAIT_SCALE: "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => printed.push(String(chunk)));
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(`it ended with ${signal ?? code}`));
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const stop = async () => {
    // The group: functions run as children of the emulator.
    if (child.pid !== undefined && !hasEnded()) process.kill(-child.pid, "SIGKILL");
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  const log = () => printed.join("");
  const problem = await Promise.race([ended, ready(log, hasEnded)]);
  if (problem !== undefined) {
    await stop();
    throw new Error(`the emulator did not start: ${problem}\n${log()}`);
  }
  const account: Account = {
    endpoint: `https://127.0.0.1:${port}`,
    region: "us-east-1",
    accountId: "000000000000",
    certificate: readFileSync(path.join(directory, "ministack-tls", "server.crt"), "utf8"),
  };
  const clients = awsClients(account);
  return {
    ...account,
    clients,
    log,
    async stop() {
      for (const client of Object.values(clients)) client.destroy();
      await stop();
    },
  };
}

/** Resolves to nothing once it answers, or to what is wrong. */
async function ready(log: () => string, hasEnded: () => boolean): Promise<string | undefined> {
  for (const from = systemClock.now(); systemClock.now() - from < START_MILLIS && !hasEnded(); ) {
    if (log().includes("Running on https://")) return undefined;
    await systemClock.sleep(50);
  }
  return `nothing answers after ${START_MILLIS / 1000} s`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
