/** An answer that is known to differ: who is right, and where AWS says so. */
export interface Difference {
  readonly calls: readonly string[];
  /** `path: local's | the emulator's`; an error against an answer is one line. */
  readonly lines: readonly string[];
  /** `both` where AWS documents neither as wrong. What local has wrong or not at all has its line in docs/fidelity.md. */
  readonly right: "local" | "emulator" | "both";
  readonly aws: string;
  readonly source: string;
}
