/** What happened in an execution, as the events that GetExecutionHistory answers. */
import type { Clock } from "../../cloud/clock";

/** One event; the details stand under the field that its type has on AWS, `taskFailedEventDetails`. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: Date;
  readonly type: string;
  readonly [details: string]: unknown;
}

/** Where a branch of the execution stands in the history: its events name the one before them in the same branch. */
export interface Trail {
  /** Adds an event after this trail's last one. */
  add(clock: Clock, type: string, details?: Record<string, unknown>): void;
  /** A trail that starts where this one stands. */
  fork(): Trail;
}

/** Events that an execution may have, its end included (Step Functions quotas); a loop without an end ends there. */
const MAX_EVENTS = 25_000;

/** The fields of details that AWS names otherwise than after the event's type. */
const SHARED_DETAILS: readonly [suffix: string, field: string][] = [
  ["StateEntered", "stateEnteredEventDetails"],
  ["StateExited", "stateExitedEventDetails"],
];

export class History {
  readonly events: HistoryEvent[] = [];

  /** The trail before the first event. */
  start(): Trail {
    return this.trail(0);
  }

  private trail(from: number): Trail {
    let last = from;
    return {
      add: (clock, type, details) => {
        const id = this.events.length + 1;
        if (id >= MAX_EVENTS && !type.startsWith("Execution")) {
          throw new Error(`The execution reached the maximum number of history events (${MAX_EVENTS}).`);
        }
        const fields = details && { [detailsField(type)]: details };
        this.events.push({ id, previousEventId: last, timestamp: new Date(clock.now()), type, ...fields });
        last = id;
      },
      fork: () => this.trail(last),
    };
  }
}

function detailsField(type: string): string {
  const shared = SHARED_DETAILS.find(([suffix]) => type.endsWith(suffix));
  return shared?.[1] ?? `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}
