/** The denied calls of a run, and the granted actions that no call used. */

export interface DeniedCall {
  /** The role's ARN, or `"caller"`. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** One action of one statement of a role's policy that no call used. */
export interface UnusedAction {
  /** The role's ARN. */
  readonly role: string;
  readonly action: string;
  /** The statement's resources, joined by `, `. */
  readonly resource: string;
}

export interface Usage {
  readonly denied: readonly DeniedCall[];
  readonly unused: readonly UnusedAction[];
}
