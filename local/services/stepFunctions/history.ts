/** Records the events of an execution that GetExecutionHistory returns. */
import type { Clock } from "../../cloud/clock";

/** One event; its details are in AWS's field for its type, such as `taskFailedEventDetails`. */
interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: Date;
  readonly type: string;
  readonly [details: string]: unknown;
}

/** The position of a branch in the history; each event refers to the previous one of the same branch. */
export interface Trail {
  /** Adds an event after the last one of this trail. */
  add(clock: Clock, type: string, details?: Record<string, unknown>): void;
  /** Returns a new trail that starts after the last event of this one. */
  fork(): Trail;
}

/** Maximum events of an execution, including its end (Step Functions quotas); it ends an endless loop. */
const MAX_EVENTS = 25_000;

/** Detail fields that AWS does not name after the event's type. */
const SHARED_DETAILS: readonly [suffix: string, field: string][] = [
  ["StateEntered", "stateEnteredEventDetails"],
  ["StateExited", "stateExitedEventDetails"],
];

export class History {
  readonly events: HistoryEvent[] = [];

  /** Returns the trail before the first event. */
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
