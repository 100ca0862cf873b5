/** The current step of work that takes long, for progress. */
export interface WorkStep {
  /** `"reading the rows of records"` */
  readonly what: string;
  /** Bytes done, if they are known. */
  readonly bytes?: number;
  readonly ofBytes?: number;
}

/** Called at the start of each step, and again while it goes on. */
export type OnStep = (step: WorkStep) => void;
