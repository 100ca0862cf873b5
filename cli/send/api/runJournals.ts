/** Keeps the journals of all files for the run of a local cloud that answers, and begins them anew when another run does. */
import type { Journal } from "./journal";

export interface RunJournals {
  /** Of the run at the start. */
  readonly sentBefore: number;
  /** The number of rows that a run before has sent to another run of a local cloud. */
  readonly gone: number;
  /** True after another run than the first has answered. */
  readonly isOther: boolean;
  /** The number of rows that the present run has acknowledged, those of a run before included. */
  readonly acknowledged: number;
  isSent(file: string, row: number): boolean;
  /** Takes the run of an answer, which the journals then are of, unless it had ended before. */
  answeredBy(run: string | undefined): void;
  /** Keeps the rows from one to another, both included; forgets those of a run that has ended. */
  acknowledge(file: string, from: number, to: number, run: string | undefined): void;
  close(): void;
  /** Forgets all rows. */
  remove(): void;
}

/** @param open of a file and a run; a journal that has rows of another run begins anew */
export function openRunJournals(
  files: readonly string[],
  first: string | undefined,
  open: (file: string, run: string | undefined) => Journal,
): RunJournals {
  const journalsOf = (run: string | undefined) => new Map(files.map((file) => [file, open(file, run)]));
  let run = first;
  let journals = journalsOf(first);
  const ended = new Set<string | undefined>();
  const sum = (count: (journal: Journal) => number) =>
    [...journals.values()].reduce((total, journal) => total + count(journal), 0);
  const close = () => {
    for (const journal of journals.values()) journal.close();
  };
  const sentBefore = sum((journal) => journal.sentBefore);
  let acknowledged = sentBefore;
  return {
    sentBefore,
    gone: sum((journal) => journal.gone),
    get isOther() {
      return run !== first;
    },
    get acknowledged() {
      return acknowledged;
    },
    isSent: (file, row) => journals.get(file)?.isSent(row) ?? false,
    answeredBy: (other) => {
      if (other === run || ended.has(other)) return;
      ended.add(run);
      run = other;
      close();
      journals = journalsOf(run);
      acknowledged = sum((journal) => journal.sentBefore);
    },
    acknowledge: (file, from, to, by) => {
      if (by !== run) return;
      journals.get(file)?.acknowledge(from, to);
      acknowledged += to - from + 1;
    },
    close,
    remove: () => {
      for (const journal of journals.values()) journal.remove();
    },
  };
}
