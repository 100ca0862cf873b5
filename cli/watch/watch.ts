/** Routes the records of a run at each change of the program, and prints what differs, until Ctrl-C. */
import path from "node:path";
import { CommandError } from "../errors";
import { interruptible } from "../run/interruptible";
import type { Io } from "../terminal/io";
import { tableOn } from "../terminal/textTable";
import { counted, counting, duration } from "../terminal/wording";
import { differencesOf } from "./compare/differences";
import { NOTHING_LANDED, type Outcome, outcomeOf } from "./compare/outcome";
import { differenceLines, failureLines, totalsText } from "./compare/outcomeText";
import { FileChanges, type OpenDirectoryWatch } from "./fileChanges";
import type { FailedAnswer, RoutedAnswer, RouterSettings } from "./messages";
import { type OpenRouterProcess, openRouterProcess, type RouterProcess } from "./routerProcess";
import { changedAmong, type Stamps, stampOf } from "./stamps";

export interface WatchOptions {
  readonly settings: RouterSettings;
  /** Rows to print of each kind of difference in each table. */
  readonly maxExamples: number;
}

/** @default a child process, and the events of the file system */
export interface WatchEffects {
  readonly openRouter?: OpenRouterProcess;
  readonly openWatch?: OpenDirectoryWatch;
}

/** A routing that has begun is fast, unless a hook does not end; a new process is slower. */
const END_MILLIS = 1000;
/** Then a note appears, because a hook may not end. */
const SLOW_MILLIS = 10_000;
const MAX_NAMES = 3;

/** Rejects with the signal's reason, or with a CommandError if the program has no router when it first loads. */
export async function watchProgram(options: WatchOptions, io: Io, effects: WatchEffects = {}): Promise<never> {
  const { openRouter = openRouterProcess, openWatch } = effects;
  const router = openRouter(options.settings, io);
  const changes = new FileChanges(io.clock, openWatch);
  const watched = new Watched(options, io);
  try {
    for (let changed: readonly string[] = []; ; ) {
      const answer = await untilChange(router, changes, watched, io);
      if (answer) {
        watched.show(answer, changed);
        changed = await changes.next(() => watched.files, io.signal);
      } else {
        // The change may be of any file.
        changed = watched.changed();
      }
      watched.refresh();
    }
  } finally {
    changes.close();
    router.close();
  }
}

/** Resolves to undefined if the program changes while its hooks run; then their process has ended. */
async function untilChange(
  router: RouterProcess,
  changes: FileChanges,
  watched: Watched,
  io: Io,
): Promise<RoutedAnswer | FailedAnswer | undefined> {
  const left = new AbortController();
  const signal = AbortSignal.any([io.signal, left.signal]);
  const noteSlow = () =>
    watched.print(`still routing after ${duration(SLOW_MILLIS)}; if a hook does not end, change it`);
  const routing = router.route((files) => {
    watched.add(files);
    io.clock.sleep(SLOW_MILLIS, signal).then(noteSlow, () => undefined);
  });
  const changing = changes.next(() => watched.files, signal).then(() => undefined);
  changing.catch(() => undefined);
  try {
    const first = await interruptible(Promise.race([routing, changing]), io.signal);
    if (first) return first;
    const isDone = await Promise.race([routing, io.clock.sleep(END_MILLIS, signal)]);
    if (!isDone) router.end();
    return undefined;
  } finally {
    left.abort();
  }
}

/** The watched files, the last outcome, and the lines about them. */
class Watched {
  readonly #files = new Map<string, string>();
  /** The directories of the files, while the program does not load: a file that is missing may appear there. */
  #directories = new Map<string, string>();
  #before: ReadonlyMap<string, Outcome> | undefined;
  #problem: string | undefined;

  constructor(
    private readonly options: WatchOptions,
    private readonly io: Io,
  ) {}

  get files(): Stamps {
    return new Map([...this.#files, ...this.#directories]);
  }

  /** Files of former loads stay watched, because a program that does not load names only some of its files. */
  add(files: Stamps): void {
    for (const [file, stamp] of files) this.#files.set(file, stamp);
  }

  changed(): string[] {
    return changedAmong(this.files);
  }

  /** Takes the files as they are now; the next load reads them later. */
  refresh(): void {
    for (const stamps of [this.#files, this.#directories]) {
      for (const file of stamps.keys()) stamps.set(file, stampOf(file));
    }
  }

  print(line: string): void {
    this.io.stdout.write(`${new Date(this.io.clock.now()).toISOString().slice(11, 19)}  ${line}\n`);
  }

  show(answer: RoutedAnswer | FailedAnswer, changed: readonly string[]): void {
    if (answer.kind === "routed") this.#showRouted(answer, changed);
    else this.#showProblem(answer.problem, changed);
  }

  #showProblem(problem: string, changed: readonly string[]): void {
    const isKnown = problem === this.#problem && changed.every((file) => this.#directories.has(file));
    if (!isKnown) this.print(problem);
    this.#problem = problem;
    const directories = new Set([...this.#files.keys()].map((file) => path.dirname(file)));
    this.#directories = new Map([...directories].map((directory) => [directory, stampOf(directory)]));
  }

  #showRouted({ routers, millis }: RoutedAnswer, changed: readonly string[]): void {
    const { io, options } = this;
    if (!this.#before && routers.length === 0) {
      throw new CommandError(
        "streamlake watch: the program declares no FormatRouter, so no records can be routed; hooks of other components are not watched",
      );
    }
    const files = changed.filter((file) => !this.#directories.has(file));
    const names = files.length > 0 ? `${this.#names(files)}: ` : "";
    this.#problem = undefined;
    this.#directories = new Map();
    const outcomes = new Map(routers.map((router) => [router.name, outcomeOf(router)]));
    const records = routers.reduce((sum, router) => sum + (router.records ?? 0), 0);
    this.print(
      `${names}${counting(records, "record")} routed in ${duration(millis)}: ${totalsText([...outcomes.values()])}`,
    );
    const lines: string[] = [];
    if (routers.length === 0) lines.push("  the program declares no FormatRouter, so nothing is routed");
    for (const { name, stream, records, failed } of routers) {
      const of = routers.length > 1 ? [`  router "${name}":`] : [];
      const own: string[] = [];
      const outcome = outcomes.get(name) ?? NOTHING_LANDED;
      if (records === undefined) own.push(`  the run has no records of the stream ${stream}, which "${name}" reads`);
      if (this.#before) {
        const differences = differencesOf(this.#before.get(name) ?? NOTHING_LANDED, outcome, options.maxExamples);
        own.push(...differenceLines(differences, tableOn(io)));
      }
      own.push(...failureLines(outcome, failed, io.cwd));
      if (own.length > 0) lines.push(...of, ...own);
    }
    for (const name of this.#before?.keys() ?? []) {
      if (!outcomes.has(name)) lines.push(`  router "${name}": no longer in the program`);
    }
    if (lines.length > 0) io.stdout.write(`${lines.join("\n")}\n`);
    this.#before = outcomes;
  }

  /** `pipeline.ts, hooks.ts and 3 more files` */
  #names(files: readonly string[]): string {
    const names = files.map((file) => path.relative(this.io.cwd, file).split(path.sep).join("/"));
    const more = names.length - MAX_NAMES;
    const shown = names.slice(0, MAX_NAMES).join(", ");
    return more > 0 ? `${shown} and ${counted(more)} more` : shown;
  }
}
