/** `streamlake console`: serves the pages of a run that is over, or names the address of a run that is served. */
import { randomBytes } from "node:crypto";
import { defineCommand } from "../command";
import { integer } from "../optionKinds";
import { readRun, runOptions } from "../project/runs/readRun";
import { createPaint } from "../terminal/wording";

export const console = defineCommand({
  name: "console",
  summary: "Opens the pages of a local run: data flow, records, unformatted records, SQL, executions, health.",
  options: {
    ...runOptions,
    port: integer("PORT", "the port on 127.0.0.1; a free port when absent", { min: 1, max: 65_535 }),
  },
  hasColors: true,
  notes: [
    "Prints the address to open in a browser. Of a run that is served (streamlake local --serve), it is the address of the run's",
    "own console, which is live; otherwise the run's files are served until Ctrl-C. The address contains a token: without it the",
    "pages show nothing. Nothing is loaded from other hosts.",
  ],
  run: async ({ port = 0, ...wanted }, io) => {
    const run = readRun("console", wanted, io);
    const { strong } = createPaint(io);
    if (run.state === "served" && run.marker.console !== undefined) {
      io.stdout.write(`the run ${run.id} is served; its console: ${strong(run.marker.console)}\n`);
      return 0;
    }
    const { serveConsole } = require("../console/serveConsole") as typeof import("../console/serveConsole");
    const token = randomBytes(16).toString("base64url");
    const served = await serveConsole(run, {
      port,
      token,
      program: { cwd: io.cwd, env: io.env },
      clock: io.clock,
      signal: io.signal,
    });
    io.stdout.write(`the console of the run ${run.id} until Ctrl-C: ${strong(served.address)}\n`);
    return served.ended;
  },
});
