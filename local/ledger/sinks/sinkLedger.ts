/** The ledger of a sink: the records that it got and refused, and what of it is not as the stream's records make it. */
import type { Finding } from "../ledger";

export interface SinkLedger {
  /** The component: `"ServingTable"`. */
  readonly kind: string;
  /** The sink's resource: a table's name, an API's id. */
  readonly resource: string;
  /** The stream that it reads or writes. */
  readonly stream: string;
  /** Numbers of identities. */
  readonly counts: Readonly<Record<string, number>>;
  /** True if there are no findings. */
  readonly balanced: boolean;
  readonly findings: readonly Finding[];
  /** Identities that this ledger cannot check, and why. */
  readonly unchecked: readonly Finding[];
}

const EXAMPLES = 5;

/** Collects identities by finding. */
export class Findings {
  private readonly byWhat = new Map<string, { count: number; examples: string[] }>();

  add(what: string, identity: string): void {
    const found = this.byWhat.get(what) ?? { count: 0, examples: [] };
    this.byWhat.set(what, found);
    found.count += 1;
    if (found.examples.length < EXAMPLES) found.examples.push(identity);
  }

  all(): Finding[] {
    return [...this.byWhat].map(([what, { count, examples }]) => ({ what, count, examples: examples.sort() }));
  }
}
