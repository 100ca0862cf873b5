/** Waits for changes of files: by the events of their directories, and once a second by their stamps. */
import { type FSWatcher, watch } from "node:fs";
import path from "node:path";
import type { Clock } from "../../local/cloud/clock";
import { changedAmong, type Stamps, stampOf } from "./stamps";

/** Calls `onEvent` when something in a directory changes. */
export interface DirectoryWatch {
  /** Replaces the watched directories. */
  cover(directories: ReadonlySet<string>): void;
  close(): void;
}

export type OpenDirectoryWatch = (onEvent: () => void) => DirectoryWatch;

/** A save may be several writes, or a file beside it that is then renamed. */
const QUIET_MILLIS = 80;
/** Network and container file systems have no events. */
const POLL_MILLIS = 1000;

export class FileChanges {
  readonly #watch: DirectoryWatch;
  #event = new AbortController();

  constructor(
    private readonly clock: Clock,
    openWatch: OpenDirectoryWatch = watchDirectories,
  ) {
    this.#watch = openWatch(() => this.#event.abort());
  }

  /** Resolves to the files whose stamps differ, once they stay as they are; rejects with the signal's reason. */
  async next(filesNow: () => Stamps, signal: AbortSignal): Promise<string[]> {
    for (;;) {
      signal.throwIfAborted();
      const files = filesNow();
      this.#event = new AbortController();
      this.#watch.cover(new Set([...files.keys()].map((file) => path.dirname(file))));
      if (changedAmong(files).length > 0) {
        await this.#quiet([...files.keys()], signal);
        const changed = changedAmong(files);
        if (changed.length > 0) return changed;
      }
      await this.#eventOrPoll(signal);
    }
  }

  close(): void {
    this.#watch.close();
  }

  async #quiet(files: readonly string[], signal: AbortSignal): Promise<void> {
    for (let before = files.map(stampOf).join(); ; ) {
      await this.clock.sleep(QUIET_MILLIS, signal);
      const now = files.map(stampOf).join();
      if (now === before) return;
      before = now;
    }
  }

  async #eventOrPoll(signal: AbortSignal): Promise<void> {
    try {
      await this.clock.sleep(POLL_MILLIS, AbortSignal.any([signal, this.#event.signal]));
    } catch (error) {
      signal.throwIfAborted();
      if (!this.#event.signal.aborted) throw error;
    }
  }
}

/** Directories, because an editor that renames replaces the file that a watch of a file would be on. */
export function watchDirectories(onEvent: () => void): DirectoryWatch {
  const watched = new Map<string, FSWatcher>();
  const leave = (directory: string) => {
    watched.get(directory)?.close();
    watched.delete(directory);
  };
  return {
    cover(directories) {
      for (const directory of watched.keys()) if (!directories.has(directory)) leave(directory);
      for (const directory of directories) {
        if (watched.has(directory)) continue;
        try {
          // Without events, as in a directory that was removed or beyond the system's limit, the stamps are compared.
          const watcher = watch(directory, onEvent).on("error", () => leave(directory));
          watched.set(directory, watcher);
        } catch {
          // As above; tried again at the next look.
        }
      }
    },
    close: () => [...watched.keys()].forEach(leave),
  };
}
