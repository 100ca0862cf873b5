/** Keeps the cloud of a run running until Ctrl-C, in real time, and prints what happens in it. */
import { consoleAddress, consoleHandler } from "../console/handler";
import type { ConsoleSource } from "../console/source";
import type { ReplayCommand } from "../console/tryAgain";
import { flushSummary } from "../flush/flushText";
import { routedStreams } from "../run/routes";
import type { RunContext } from "../run/steps";
import { createFlush, type Flush } from "./flushNow";
import { greetingOf, greetingText } from "./greeting";
import { News } from "./news";
import { visitHandler } from "./visits";

export interface ServeOptions {
  readonly project: string;
  readonly stack: string;
  /** The interval of flushes; none when absent. */
  readonly flushEverySeconds: number | undefined;
  /** The run as its console shows it. */
  readonly source: ConsoleSource;
  /** The token of the console's address. */
  readonly token: string;
}

const NEWS_MILLIS = 1000;
const TIME = "00:00:00  ";

export async function serve(context: RunContext, options: ServeOptions): Promise<void> {
  const { project, stack, flushEverySeconds, token } = options;
  const { cloud, io, progress } = context;
  const { clock, signal } = io;
  const say = (line: string) => progress.done(`${new Date(clock.now()).toISOString().slice(11, 19)}  ${line}`);
  const greeting = greetingOf(cloud, project, stack);
  const news = new News(cloud);
  const flush = createFlush(cloud, io);
  const flushAndSay = async (isAsked: boolean): Promise<Flush> => {
    try {
      const done = await flush();
      if (isAsked || done.flushed.length > 0) say(`flush: ${flushSummary(done.flushed)}`);
      return done;
    } catch (error) {
      if (!signal.aborted) say(`flush FAILED: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  };
  const endpoint = cloud.endpoint;
  const replay = replayCommand(context);
  const source = { ...options.source, endpoint, ...(replay && { replay }), flush: () => flushAndSay(true) };
  cloud.onVisit(visitHandler(greeting, () => flushAndSay(true), consoleHandler(source, { token, clock, signal })));
  const console = `The console: ${consoleAddress(endpoint, token)}`;
  progress.done(["", greetingText(greeting), "", console, "", "Times are UTC.", ""].join("\n"));
  cloud.startSchedules(({ schedule, error }) => {
    say(`schedule ${schedule} ${error === undefined ? "started its target" : `FAILED: ${error}`}`);
  });
  const working = [
    every(NEWS_MILLIS, io, async () => {
      for (const line of news.read((io.stdout.columns ?? Number.POSITIVE_INFINITY) - TIME.length)) say(line);
    }),
  ];
  if (flushEverySeconds !== undefined) {
    // A failure is printed, and the next flush tries again.
    working.push(every(flushEverySeconds * 1000, io, () => flushAndSay(false).then(undefined, () => undefined)));
  }
  await Promise.all(working);
}

/** Undefined for a program that routes streams into no lake or into several: a replay is of one lake. */
function replayCommand({ cloud, io }: RunContext): ReplayCommand | undefined {
  const routes = routedStreams(cloud.resources);
  const [functionName] = routes.flatMap(({ functionNames }) => functionNames);
  if (functionName === undefined || new Set(routes.map(({ bucket }) => bucket)).size > 1) return undefined;
  const argv = ["--function", functionName, "--endpoint-url", cloud.endpoint];
  return { argv, cwd: io.cwd, env: { ...io.env, AWS_REGION: cloud.region } };
}

/** Repeats work with a pause before each time; rejects with the signal's reason. */
async function every(
  millis: number,
  { clock, signal }: Pick<RunContext["io"], "clock" | "signal">,
  work: () => Promise<unknown>,
): Promise<never> {
  for (;;) {
    await clock.sleep(millis, signal);
    await work();
    signal.throwIfAborted();
  }
}
