/** Creates, updates and deletes the crawlers and jobs that a program declares; changes apply from the next run. */

import { glueArn } from "../../catalog/arns";
import { physicalName } from "../../cloud/physicalName";
import { type CloudContext, type DeclaredResource, type ResourceSimulation, ServiceError } from "../../cloud/service";
import type { Crawler } from "./crawl";
import type { Crawlers } from "./crawlers";
import type { GlueJob, JobRuns } from "./jobRuns";

export function crawlerResource(cloud: CloudContext, crawlers: Crawlers): ResourceSimulation {
  const outputsOf = (name: string) => ({ name, arn: glueArn(cloud, `crawler/${name}`) });
  return {
    simulated: [
      "name",
      "databaseName",
      "role",
      "s3Targets",
      "configuration",
      "schemaChangePolicy",
      "recrawlPolicy",
      "tablePrefix",
    ],
    withoutEffect: ["description", "tags"],
    replaceOn: ["name"],
    async create(resource) {
      const name = physicalName(resource);
      if (crawlers.names().includes(name))
        throw new ServiceError("AlreadyExistsException", `Crawler with name ${name} already exists`);
      crawlers.add({ ...crawlerOf(resource), name });
      return { id: name, outputs: outputsOf(name) };
    },
    async update(name, resource) {
      crawlers.update({ ...crawlerOf(resource), name });
      return { outputs: outputsOf(name) };
    },
    delete: async (name) => crawlers.remove(name),
  };
}

function crawlerOf(resource: DeclaredResource): Omit<Crawler, "name"> {
  const { inputs } = resource;
  const policy = (inputs.schemaChangePolicy ?? {}) as { updateBehavior?: string; deleteBehavior?: string };
  if (policy.deleteBehavior !== "LOG")
    refuse(resource, "schemaChangePolicy.deleteBehavior", policy.deleteBehavior, "LOG");
  const updateBehavior = policy.updateBehavior ?? "UPDATE_IN_DATABASE";
  if (updateBehavior !== "UPDATE_IN_DATABASE" && updateBehavior !== "LOG") {
    refuse(resource, "schemaChangePolicy.updateBehavior", updateBehavior, "UPDATE_IN_DATABASE or LOG");
  }
  const recrawl = (inputs.recrawlPolicy as { recrawlBehavior?: string } | undefined)?.recrawlBehavior;
  if (recrawl !== undefined && recrawl !== "CRAWL_EVERYTHING") {
    refuse(resource, "recrawlPolicy.recrawlBehavior", recrawl, "CRAWL_EVERYTHING");
  }
  const targets = (inputs.s3Targets ?? []) as { path: string; exclusions?: string[] }[];
  const configuration = JSON.parse(String(inputs.configuration ?? "{}")) as {
    Grouping?: { TableLevelConfiguration?: number };
  };
  return {
    role: String(inputs.role),
    databaseName: String(inputs.databaseName),
    targets: targets.map((target) => ({ path: target.path, exclusions: target.exclusions ?? [] })),
    tableLevel: configuration.Grouping?.TableLevelConfiguration,
    tablePrefix: String(inputs.tablePrefix ?? ""),
    updateBehavior,
  };
}

export function jobResource(cloud: CloudContext, jobs: JobRuns): ResourceSimulation {
  const outputsOf = (name: string) => ({ name, arn: glueArn(cloud, `job/${name}`) });
  return {
    simulated: ["name", "roleArn", "command", "defaultArguments", "executionProperty", "maxRetries"],
    withoutEffect: [
      "description",
      "executionClass",
      "glueVersion",
      "jobRunQueuingEnabled",
      "numberOfWorkers",
      "tags",
      "timeout",
      "workerType",
    ],
    replaceOn: ["name"],
    async create(resource) {
      const name = physicalName(resource);
      if (jobs.jobs().some((other) => other.name === name))
        throw new ServiceError("AlreadyExistsException", `Job with name: ${name} already submitted`);
      jobs.put({ ...jobOf(resource), name });
      return { id: name, outputs: outputsOf(name) };
    },
    async update(name, resource) {
      jobs.put({ ...jobOf(resource), name });
      return { outputs: outputsOf(name) };
    },
    delete: (name) => jobs.remove(name),
  };
}

function jobOf(resource: DeclaredResource): Omit<GlueJob, "name"> {
  const { inputs } = resource;
  const command = (inputs.command ?? {}) as { name?: string; scriptLocation?: string };
  if (command.name !== "glueetl") refuse(resource, "command.name", command.name, "glueetl");
  if (Number(inputs.maxRetries ?? 0) !== 0) {
    refuse(resource, "maxRetries", inputs.maxRetries, "0: the workflow retries");
  }
  return {
    role: String(inputs.roleArn),
    scriptLocation: String(command.scriptLocation),
    defaultArguments: (inputs.defaultArguments ?? {}) as Record<string, string>,
    maxConcurrentRuns: Number((inputs.executionProperty as { maxConcurrentRuns?: number })?.maxConcurrentRuns ?? 1),
  };
}

function refuse(resource: DeclaredResource, property: string, value: unknown, right: string): never {
  throw new Error(
    `local/glue: ${property} "${String(value)}" of "${resource.name}" is not simulated (use ${right}); see docs/fidelity.md`,
  );
}
