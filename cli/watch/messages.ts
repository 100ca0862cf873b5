/** The messages between `streamlake watch` and its child process, which runs the program. */
import type { EventRecords } from "./runRecords";
import type { Stamps } from "./stamps";

/** The first message to the child. */
export interface RouterSettings {
  readonly stack: string;
  readonly seed: number;
  /** The file that answers look-ups; absent without one. */
  readonly lookups: string | undefined;
  /** By the physical name of their stream. */
  readonly records: Readonly<Record<string, EventRecords>>;
}

/** Each later message to the child: asks to load the program anew, and to route the records. */
export interface RouteRequest {
  /** For the files of the local cloud; the child creates it, and deletes it. */
  readonly dataDir: string;
}

/** The lines that one router landed. */
export interface RouterOutput {
  /** The logical name. */
  readonly name: string;
  readonly stream: string;
  /** Records of the run that the stream has; undefined if the run has no such stream. */
  readonly records: number | undefined;
  readonly rawPrefix: string;
  /** The compressed bodies of `raw/` and `unformatted/`, by key. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
  readonly failed: readonly { readonly records: number; readonly error: string }[];
}

/** Before the records are routed. */
export interface ReadFiles {
  readonly kind: "read";
  /** The files that the program was loaded from, as they were. */
  readonly files: Stamps;
}

interface Answer {
  /** False if the child cannot load the program a second time. */
  readonly isReusable: boolean;
}

export interface RoutedAnswer extends Answer {
  readonly kind: "routed";
  readonly routers: readonly RouterOutput[];
  /** The time of the routing alone. */
  readonly millis: number;
}

/** The program does not load, or the local cloud refuses it. */
export interface FailedAnswer extends Answer {
  readonly kind: "failed";
  /** One line: `pipeline.ts:12: Expected ";" but found "x"`. */
  readonly problem: string;
}

export type ChildMessage = ReadFiles | RoutedAnswer | FailedAnswer;
