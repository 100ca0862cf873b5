/** The process around the commands: its streams and signals in, its exit code out. Loading this file starts it. */
import { systemClock } from "../local/cloud/clock";
import { dispatch } from "./dispatch";
import { Interrupted } from "./errors";

// The SDK's notice about Node.js versions of the future is for who maintains the package, not for who runs a command.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort(new Interrupted());
  });
}
// `streamlake query … | head` closes the pipe early: ended without a word, as other commands are, yet never with success.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 141 : 1));

dispatch(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  clock: systemClock,
  random: Math.random,
  signal: interrupt.signal,
}).then((code) => {
  // A pipe takes its last bytes asynchronously; leaving earlier would cut them off.
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
});
