/** The entry point: runs the command line with the streams and signals of the process, and sets its exit code. */
import { systemClock } from "../local/cloud/clock";
import { dispatch } from "./dispatch";
import { EXIT_CODES, Interrupted } from "./errors";

// The SDK warns of future Node.js versions; that concerns the maintainers of this package, not its users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const interrupt = new AbortController();
for (const signal of Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]) {
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(EXIT_CODES[signal]);
    interrupt.abort(new Interrupted(signal));
  });
}
// `streamlake query … | head` closes the pipe early: exits silently, as other commands do, but never with success.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 141 : 1));

dispatch(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  get stdin() {
    return process.stdin;
  },
  env: process.env,
  cwd: process.cwd(),
  clock: systemClock,
  random: Math.random,
  signal: interrupt.signal,
}).then((code) => {
  // Writes to a pipe are asynchronous; exiting earlier would lose the last bytes.
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
});
