/** Function processes end with the process that started them, however that ends. */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { FunctionWorld } from "../../support/functionWorld";

/** A process of this checkout's TypeScript that starts a function's process, prints its id and waits. */
const PROGRAM = `
require(${JSON.stringify(path.resolve("bin/typescript.js"))}).registerTypeScript();
const { FunctionProcess } = require(${JSON.stringify(path.resolve("local/services/lambda/functionProcess.ts"))});
const { systemClock } = require(${JSON.stringify(path.resolve("local/cloud/clock.ts"))});
const [bootstrap, root] = process.argv.slice(1);
const started = new FunctionProcess({
  bootstrap, cwd: root, memoryMebibytes: 128, clock: systemClock,
  environment: { PATH: process.env.PATH, STREAMLAKE_START: JSON.stringify({ root, handler: "index.handler", logFormat: "Text", context: {} }) },
});
started.invoke("r", Buffer.from("{}"), 3000).then((end) => { console.log(end.payload); setInterval(() => {}, 1000); });
`;

let world: FunctionWorld;
beforeEach(() => {
  world = new FunctionWorld();
});
afterEach(() => world.end());

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once("exit", (code) => reject(new Error(`the parent ended with ${code}`)));
  });
}

async function endOf(pid: number): Promise<"ended" | "alive"> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return "ended";
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return "alive";
}

test.each(["SIGKILL", "SIGTERM"] as const)("a function's process ends when its parent ends by %s", async (signal) => {
  world.make("pid", "exports.handler = async () => process.pid;");
  const lambda = path.join(world.directory, "lambda");
  const parent = spawn(process.execPath, ["-e", PROGRAM, path.join(lambda, "bootstrap.js"), path.join(lambda, "pid")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = Number(await firstLine(parent));
  expect(pid).toBeGreaterThan(0);
  parent.kill(signal);
  expect(await endOf(pid)).toBe("ended");
});
