/** Reports the steps of flattening an hour: bytes while its objects are read, DuckDB's own measure afterwards. */
import { statSync } from "node:fs";
import type { DuckDb } from "../duckdb/duckdb";
import type { OnStep } from "../workStep";
import type { RawObject } from "./rawObjects";

const MILLIS_BETWEEN_LOOKS = 250;

interface Steps {
  /** Counts bytes of objects that were read. */
  readonly scanned: (bytes: number) => void;
  /** Reports until the statements have ended. */
  during<T>(db: Pick<DuckDb, "share">, what: string, statements: Promise<T>): Promise<T>;
}

export function stepsOf(objects: readonly RawObject[], onStep: OnStep = () => undefined): Steps {
  const ofBytes = objects.reduce((sum, { path }) => sum + statSync(path).size, 0);
  let scanned = 0;
  return {
    scanned: (bytes) => {
      scanned += bytes;
      onStep({ what: "reading the rows", bytes: scanned, ofBytes });
    },
    during: async (db, what, statements) => {
      const look = () => {
        const share = db.share();
        onStep({ what, ...(share !== undefined && { bytes: share * ofBytes, ofBytes }) });
      };
      look();
      const timer = setInterval(look, MILLIS_BETWEEN_LOOKS);
      try {
        return await statements;
      } finally {
        clearInterval(timer);
      }
    },
  };
}
