/** The child process that loads the program and routes records, replaced by a new one when it ends. */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageDirectory } from "../project/packageDirectory";
import type { Io } from "../terminal/io";
import type { ChildMessage, FailedAnswer, RoutedAnswer, RouterSettings } from "./messages";
import type { Stamps } from "./stamps";

export interface RouterProcess {
  /**
   * Loads the program anew and routes the records. Resolves to a failed answer if the process ends before.
   *
   * @param onRead called with the program's files before its hooks run
   */
  route(onRead: (files: Stamps) => void): Promise<RoutedAnswer | FailedAnswer>;
  /** Ends the process, also one in an endless loop; the next `route` starts another. */
  end(): void;
  /** Ends the process, and deletes its files. */
  close(): void;
}

export type OpenRouterProcess = (settings: RouterSettings, io: Io) => RouterProcess;

/** Each load of a program takes some memory that Pulumi keeps. */
const MAX_LOADS = 100;

/** The process starts at once, and loads what programs need while nothing changes. */
export const openRouterProcess: OpenRouterProcess = (settings, io) => {
  const workDir = mkdtempSync(path.join(tmpdir(), "streamlake-watch-"));
  let child: ChildProcess | undefined = start(settings, io);
  let loads = 0;
  const end = () => {
    child?.kill("SIGKILL");
    child = undefined;
  };
  return {
    end,
    close() {
      end();
      // The process may be writing still.
      rmSync(workDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
    async route(onRead) {
      if (child?.exitCode !== null || child.signalCode !== null) child = undefined;
      child ??= start(settings, io);
      const used = child;
      loads += 1;
      const answer = await answerOf(used, path.join(workDir, String(loads)), onRead);
      // After `end`, another process may have started.
      if (child === used && (!answer.isReusable || loads % MAX_LOADS === 0)) {
        end();
        child = start(settings, io);
      }
      return answer;
    },
  };
};

function start(settings: RouterSettings, io: Io): ChildProcess {
  const child = fork(path.join(packageDirectory(), "bin", "watch.js"), {
    cwd: io.cwd,
    env: { ...io.env },
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  // The output of the program and of its hooks.
  child.stdout?.on("data", (chunk: Uint8Array) => io.stdout.write(chunk));
  child.stderr?.on("data", (chunk: Uint8Array) => io.stderr.write(chunk));
  // A child that has ended takes no message; the next `route` sees that it has.
  child.on("error", () => undefined);
  child.send(settings);
  return child;
}

function answerOf(
  child: ChildProcess,
  dataDir: string,
  onRead: (files: Stamps) => void,
): Promise<RoutedAnswer | FailedAnswer> {
  return new Promise((resolve) => {
    const leave = (answer: RoutedAnswer | FailedAnswer) => {
      child.off("message", onMessage).off("close", onClose).off("error", onError);
      resolve(answer);
    };
    const onMessage = (message: unknown) => {
      const received = message as ChildMessage;
      if (received.kind === "read") onRead(received.files);
      else leave(received);
    };
    const onError = ({ message }: Error) => leave({ kind: "failed", problem: message, isReusable: false });
    const onClose = (code: number | null, signal: string | null) => {
      const problem = `the program ended its process (${code === null ? signal : `exit code ${code}`})`;
      leave({ kind: "failed", problem, isReusable: false });
    };
    child.on("message", onMessage).on("close", onClose).on("error", onError);
    child.send({ dataDir });
  });
}
