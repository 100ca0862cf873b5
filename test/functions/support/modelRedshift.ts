/**
 * A model of Redshift for the statements of the warehouse: transactions with snapshots and table locks, that take effect
 * when the test lets them. It keeps rows in lists, so that a row that is inserted twice is there twice.
 */
import { gunzipSync } from "node:zlib";
import type { WarehouseDatabase } from "../../../functions/effects/warehouseDatabase";
import type { MemoryStore } from "./memoryStore";

type Row = Readonly<Record<string, unknown>>;

interface Transaction {
  readonly statements: readonly string[];
  status: "SUBMITTED" | "STARTED" | "FINISHED";
  /** The committed tables at the transaction's first query. */
  snapshot?: ReadonlyMap<string, readonly Row[]>;
}

export class ModelRedshift {
  readonly tables = new Map<string, readonly Row[]>();
  readonly columns = new Map<string, string[]>();
  readonly statements: string[] = [];
  /** Materialized views of streams. */
  readonly views = new Set<string>();
  /** The statement that fails, and what happens then. */
  failing: string | undefined;
  onFailure: () => void = () => {};
  readonly #transactions: Transaction[] = [];

  constructor(private readonly store: MemoryStore) {}

  /** The `_id`s of a table, each as often as it is there, sorted. */
  ids(table: string): string[] {
    return (this.tables.get(table) ?? []).map((row) => String(row._id)).sort();
  }

  submit(statements: readonly string[]): Transaction {
    const transaction: Transaction = { statements, status: "SUBMITTED" };
    this.#transactions.push(transaction);
    return transaction;
  }

  /** The transactions that the next `advance` may take on: those that wait for no lock. */
  runnable(): Transaction[] {
    const open = this.#transactions.filter(({ status }) => status !== "FINISHED");
    const isLocked = open.some(({ status, statements }) => status === "STARTED" && locks(statements));
    return open.filter(({ status, statements }) => status === "STARTED" || !(isLocked && locks(statements)));
  }

  /** Starts a transaction, which takes its snapshot, or commits it. */
  advance(transaction: Transaction): void {
    if (transaction.status === "SUBMITTED") {
      transaction.status = "STARTED";
      transaction.snapshot = new Map(this.tables);
      return;
    }
    this.#commit(transaction);
    transaction.status = "FINISHED";
  }

  database(): WarehouseDatabase {
    return {
      query: async (sql) => {
        this.statements.push(sql);
        if (sql.includes("svv_mv_info")) return [...this.views].map((view) => [view]);
        if (sql.includes("information_schema")) {
          return [...this.columns].flatMap(([table, columns]) => columns.map((column) => [table, column]));
        }
        const since = /hour >= '([^']*)'/.exec(sql)?.[1] ?? "";
        const loads = (this.tables.get("streamlake_loads") ?? []).filter(({ hour }) => String(hour) >= since);
        return loads.map(({ table_name, hour, objects }) => [String(table_name), String(hour), String(objects)]);
      },
      run: async (statements) => {
        for (const statement of statements) {
          this.statements.push(statement);
          if (statement === this.failing) {
            this.onFailure();
            throw new Error(`ERROR: ${statement}`);
          }
          const view = /^(CREATE|DROP) MATERIALIZED VIEW "lake"\."(\w+)"/.exec(statement);
          if (view?.[1] === "CREATE") this.views.add(view[2] as string);
          if (view?.[1] === "DROP") this.views.delete(view[2] as string);
          const created = /^CREATE TABLE IF NOT EXISTS "lake"\."(\w+)" \((.*)\)/.exec(statement);
          if (created) {
            const names = [...(created[2] as string).matchAll(/"(\w+)" [A-Z]/g)].map(([, name]) => name as string);
            this.columns.set(created[1] as string, names);
          }
          const added = /^ALTER TABLE "lake"\."(\w+)" ADD COLUMN "(\w+)"/.exec(statement);
          if (added) this.columns.get(added[1] as string)?.push(added[2] as string);
        }
      },
    };
  }

  #commit({ statements, snapshot = new Map() }: Transaction): void {
    let staging: Row[] = [];
    for (const statement of statements) {
      const manifest = /^COPY "staging" FROM 's3:\/\/loads\/([^']+)'/.exec(statement)?.[1];
      if (manifest) staging = this.#copied(manifest);
      const target = /^MERGE INTO "lake"\."(\w+)"/.exec(statement)?.[1];
      if (target) {
        const seen = new Set((snapshot.get(target) ?? []).map(({ _id }) => _id));
        const source = new Map(staging.map((row) => [row._id, row]));
        if (source.size < staging.length) throw new Error("MERGE: two source rows for one target row");
        const kept = (this.tables.get(target) ?? []).map((row) => source.get(row._id) ?? row);
        this.tables.set(target, [...kept, ...staging.filter(({ _id }) => !seen.has(_id))]);
      }
      const recorded = /^INSERT INTO "lake"\."streamlake_loads" \(([^)]*)\) VALUES (.*)$/.exec(statement);
      if (recorded) {
        const rows = [...(recorded[2] as string).matchAll(/\('(\w+)', '([^']+)', '(\w+)'/g)].map(
          ([, table_name, hour, objects]) => ({ table_name, hour, objects }),
        );
        this.tables.set("streamlake_loads", [...(this.tables.get("streamlake_loads") ?? []), ...rows]);
      }
    }
  }

  #copied(manifest: string): Row[] {
    const { entries } = JSON.parse(String(this.store.objects.get(manifest))) as { entries: { url: string }[] };
    return entries.flatMap(({ url }) => {
      const body = this.store.objects.get(url.replace("s3://loads/", ""));
      if (!body) throw new Error(`COPY: no object ${url}`);
      return String(gunzipSync(body))
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Row);
    });
  }
}

function locks(statements: readonly string[]): boolean {
  return statements[0] === 'LOCK "lake"."streamlake_loads"';
}
