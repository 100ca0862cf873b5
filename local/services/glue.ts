/** Glue: the Data Catalog, crawlers over Parquet, and the library's flatten job on DuckDB or Spark. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Catalog } from "../glue/catalog";
import { crawl } from "../glue/crawl";
import { Crawlers } from "../glue/crawlers";
import { parseArguments } from "../glue/flattenArguments";
import { duckDbEngine } from "../glue/flattenEngine";
import { runFlattenJob } from "../glue/flattenJob";
import { type GlueJob, JobRuns } from "../glue/jobRuns";
import { parseLocation } from "../glue/location";
import { objectsAs } from "../glue/objects";
import { catalogOperations, crawlerOperations, jobOperations } from "../glue/operations";
import { registryOperations } from "../glue/registryOperations";
import { registryResources } from "../glue/registryResources";
import { glueResources } from "../glue/resources";
import { SchemaRegistries } from "../glue/schemaRegistry";
import type { CloudContext, Service } from "../service";
import { sparkEngine } from "../spark/sparkEngine";
import { uuid } from "../workflow/functions";
import type { IamService } from "./iam";

export interface GlueService extends Service {
  readonly name: "glue";
  readonly catalog: Catalog;
  /** Waits until a job's run has ended. */
  jobRunEnded(runId: string): Promise<void>;
}

/** The script that local's flatten job stands for: `jobs/` beside the sources, and beside `dist/` in the package. */
const SCRIPTS = ["../../jobs/flatten_hour.py", "../../../jobs/flatten_hour.py"];

/** @param sparkPython the Python whose PySpark runs the flatten job; without it DuckDB does */
export function glueService(cloud: CloudContext, sparkPython?: string): GlueService {
  const engine =
    sparkPython === undefined
      ? duckDbEngine
      : sparkEngine(sparkPython, path.resolve(cloud.dataDir, "tmp"), libraryScriptPath());
  const catalog = new Catalog(cloud.dataDir);
  const assume = (roleArn: string) => (cloud.service("iam") as IamService).assume(roleArn, "glue.amazonaws.com");

  const jobs = new JobRuns(cloud.clock, async (job, runArguments) => {
    const role = assume(job.role);
    checkScript(cloud, job);
    await runFlattenJob(cloud, role, parseArguments(runArguments), engine);
  });
  const crawlers = new Crawlers(cloud.clock, async (crawler) => crawl(cloud, catalog, assume(crawler.role), crawler));
  const state = { catalog, jobs, crawlers };
  const registries = new SchemaRegistries(
    () => uuid(cloud.random),
    () => cloud.clock.now(),
    (message) => process.emitWarning(`local/glue: ${message}`),
  );

  return {
    name: "glue",
    catalog,
    resources: { ...glueResources(cloud, state), ...registryResources(cloud, registries) },
    operations: {
      ...catalogOperations(cloud, state),
      ...jobOperations(cloud, state),
      ...crawlerOperations(cloud, state),
      ...registryOperations(cloud, registries),
    },
    jobRunEnded: (runId) => jobs.ended(runId),
    idle: async () => {
      await jobs.idle();
      await crawlers.idle();
    },
    stop: async () => {
      await jobs.idle();
      await crawlers.idle();
      await engine.stop();
    },
  };

  /** Reads the script as the job's role, as Glue does, and refuses any but the library's own. */
  function checkScript(context: CloudContext, job: GlueJob): void {
    const { bucket, prefix: key } = parseLocation(job.scriptLocation);
    const [file] = objectsAs(context, assume(job.role)).open(bucket, [key]);
    if (!readFileSync(file as string).equals(libraryScript())) {
      throw new Error(
        `local/glue: the script ${job.scriptLocation} of job "${job.name}" is not the library's flatten_hour.py; other scripts are not simulated, see docs/fidelity.md`,
      );
    }
  }
}

function libraryScript(): Buffer {
  return readFileSync(libraryScriptPath());
}

function libraryScriptPath(): string {
  const found = SCRIPTS.map((script) => path.join(__dirname, script)).find((script) => existsSync(script));
  if (found === undefined) throw new Error("local/glue: the library's jobs/flatten_hour.py is not beside it");
  return found;
}
