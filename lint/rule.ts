/** The shape of a rule: a pure function that finds contradictions between the resources of a program. */
import type { Declaration, Program } from "./program";

/** The traffic that the program is to take; absent where nobody knows. */
export interface Figures {
  /** Records that producers write to each stream in a day. */
  readonly recordsPerDay?: number | undefined;
  /** The mean size of a record. @default 1000 */
  readonly recordBytes?: number | undefined;
}

export interface Contradiction {
  /** The resource to change. */
  readonly resource: Declaration;
  /** A sentence on both sides, with their values. */
  readonly problem: string;
  /** A sentence that names the settings to change. */
  readonly wayOut: string;
}

export interface Rule {
  /** In kebab case; also the name of the policy. */
  readonly id: string;
  /** The rule as a sentence. */
  readonly title: string;
  /** False without the figures that the rule needs; absent for a rule that needs none. */
  needs?(figures: Figures): boolean;
  find(program: Program, figures: Figures): readonly Contradiction[];
}
