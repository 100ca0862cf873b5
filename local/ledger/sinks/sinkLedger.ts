/** The ledger of a sink: the records that it got and refused, and what of it is not as the stream's records make it. */
import type { Finding, Ledger } from "../ledger";

export interface SinkLedger {
  /** The component: `"ServingTable"`. */
  readonly kind: string;
  /** The sink's resource: a table's name, an API's id. */
  readonly resource: string;
  /** The stream that it reads or writes; absent for a sink that reads the lake. */
  readonly stream?: string;
  /** Numbers of identities. */
  readonly counts: Readonly<Record<string, number>>;
  /** True if there are no findings, and neither the ledger nor a whole backup is unchecked. */
  readonly balanced: boolean;
  readonly findings: readonly Finding[];
  /** Identities that this ledger cannot check, and why. */
  readonly unchecked: readonly Finding[];
  /** For a sink that writes a lake: the number of its objects in raw/. */
  readonly objects?: number;
  /** For a sink that writes a lake: rows and Parquet files of its tables. */
  readonly tables?: Ledger["tables"];
  /** Identities that are there several times, as AWS may deliver them; readers recognize them. */
  readonly repeated?: readonly Finding[];
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

  /** @param examples of the identities, in order */
  addMany(what: string, count: number, examples: readonly string[]): void {
    if (count > 0) this.byWhat.set(what, { count, examples: examples.slice(0, EXAMPLES) });
  }

  all(): Finding[] {
    return [...this.byWhat].map(([what, { count, examples }]) => ({ what, count, examples: examples.sort() }));
  }
}
