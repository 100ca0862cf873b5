/** DuckDB is an optional package: its absence is reported with the command that installs it. */
import { openDuckDb } from "../../../local/duckdb/duckdb";

jest.mock("@duckdb/node-api", () => {
  throw new Error("Cannot find module");
});

test("a missing DuckDB is reported with the package to install", async () => {
  await expect(openDuckDb()).rejects.toThrow(
    'local runs Glue jobs and Athena queries on DuckDB, and the package "@duckdb/node-api" does not load: npm install @duckdb/node-api',
  );
});
