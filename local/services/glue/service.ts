/** Glue: the Data Catalog, crawlers of Parquet objects, and the library's flatten job on DuckDB or Spark. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Catalog } from "../../catalog/catalog";
import { parseLocation } from "../../catalog/location";
import { objectsAs } from "../../catalog/objects";
import { uuid } from "../../cloud/random";
import type { CloudContext, Service } from "../../cloud/service";
import { parseArguments } from "../../flatten/flattenArguments";
import { duckDbEngine } from "../../flatten/flattenEngine";
import { sparkEngine } from "../../flatten/spark/sparkEngine";
import type { WorkStep } from "../../workStep";
import type { IamService } from "../iam/service";
import { crawl } from "./crawl";
import { Crawlers } from "./crawlers";
import { runFlattenJob } from "./flattenJob";
import type { GlueRun } from "./glueRun";
import { type GlueJob, JobRuns } from "./jobRuns";
import { catalogOperations, crawlerOperations, jobOperations } from "./operations";
import { registryOperations } from "./registry/operations";
import { registryResources } from "./registry/resources";
import { SchemaRegistries } from "./registry/schemaRegistry";
import { glueResources } from "./resources";

export interface GlueService extends Service {
  readonly name: "glue";
  readonly catalog: Catalog;
  /** The current step of the latest job run; undefined while no run is running. */
  step(): WorkStep | undefined;
  /** The runs of jobs and the crawls, oldest first. */
  runs(): GlueRun[];
  /** Waits until a job's run has ended. */
  jobRunEnded(runId: string): Promise<void>;
}

/** The flatten job's script: `jobs/` lies beside the sources, and in the package beside `dist/`. */
const SCRIPTS = ["../../../jobs/flatten_hour.py", "../../../../jobs/flatten_hour.py"];

/** @param sparkPython path of the Python whose PySpark runs the flatten job. @default DuckDB runs it */
export function glueService(cloud: CloudContext, sparkPython?: string): GlueService {
  const engine =
    sparkPython === undefined
      ? duckDbEngine
      : sparkEngine(sparkPython, path.resolve(cloud.dataDir, "tmp"), libraryScriptPath());
  const catalog = new Catalog(cloud.dataDir);
  const assume = (roleArn: string) => (cloud.service("iam") as IamService).assume(roleArn, "glue.amazonaws.com");

  let current: WorkStep | undefined;
  const jobs = new JobRuns(cloud.clock, async (job, runArguments, onEffect) => {
    const role = assume(job.role);
    checkScript(cloud, job);
    try {
      const onStep = (step: WorkStep) => {
        current = step;
      };
      await runFlattenJob(cloud, role, parseArguments(runArguments), engine, { onStep, onEffect });
    } finally {
      current = undefined;
    }
  });
  const crawlers = new Crawlers(cloud.clock, async (crawler, onEffect) =>
    crawl(cloud, catalog, assume(crawler.role), crawler, onEffect),
  );
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
    step: () => current,
    runs: () => [...jobs.views(), ...crawlers.views()].sort((one, other) => one.startMillis - other.startMillis),
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

  /** Reads the script as the job's role, as Glue does; refuses every script but the library's own. */
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
  if (found === undefined)
    throw new Error("local/glue: the library's jobs/flatten_hour.py is missing; install the library again");
  return found;
}
