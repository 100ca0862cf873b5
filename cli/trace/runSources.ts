/** The sources of a trace in the files of a local run. */
import { queryLake } from "../../local/queryLake";
import { lakesOfRun } from "../target/lakePlace";
import type { Io } from "../terminal/io";
import { inRunStream } from "./inStream";
import type { TraceSources } from "./trace";

export function sourcesOfRun(dataDir: string, { clock }: Pick<Io, "clock">): TraceSources {
  return {
    lakes: lakesOfRun({ directory: dataDir }),
    stream: (subject) => inRunStream(dataDir, subject),
    // A run does not keep its executions; their errors were its last lines.
    failure: async () => undefined,
    count: async (sql) => {
      try {
        const { rows } = await queryLake({ dataDir, sql, nowMillis: clock.now() });
        return { count: Number(rows[0]?.[0]) };
      } catch (error) {
        return { error: (error as Error).message };
      }
    },
  };
}
