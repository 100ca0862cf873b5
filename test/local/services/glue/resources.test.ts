/** Glue and Athena resources and operations that are accepted without effect, or refused. */
import { operationOf } from "../../../../local/cloud/service";
import { makeWorld, type World } from "../../support/glueWorld";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

const JOB_INPUTS = {
  roleArn: "arn:aws:iam::000000000000:role/job-role",
  command: { name: "glueetl", scriptLocation: "s3://lake/x" },
};

test("jobs of every size are accepted", () => {
  expect(world.glue.resources["aws:glue/job:Job"]?.withoutEffect).toEqual([
    "description",
    "executionClass",
    "glueVersion",
    "jobRunQueuingEnabled",
    "numberOfWorkers",
    "tags",
    "timeout",
    "workerType",
  ]);
});

test.each([
  [{ maxRetries: 1 }, 'maxRetries "1" of "job2" is not simulated (use 0: the workflow retries)'],
  [{ command: { name: "pythonshell" } }, 'command.name "pythonshell" of "job2" is not simulated (use glueetl)'],
])("a job with %j is refused", async (inputs, message) => {
  await expect(world.declare("aws:glue/job:Job", "job2", { ...JOB_INPUTS, ...inputs })).rejects.toThrow(message);
});

test.each([
  [{ configuration: { executionRole: "x" } }, 'configuration.executionRole of "wg"'],
  [
    { configuration: { resultConfiguration: { aclConfiguration: {} } } },
    'configuration.resultConfiguration.aclConfiguration of "wg"',
  ],
  [
    { configuration: { engineVersion: { selectedEngineVersion: "PySpark engine version 3" } } },
    'engine "PySpark engine version 3" of "wg"',
  ],
])("a workgroup with %j is refused", async (inputs, message) => {
  const declared = world.declare("aws:athena/workgroup:Workgroup", "wg", inputs);
  await expect(declared).rejects.toThrow(`local/athena: ${message} is not simulated`);
});

test("operations that are not simulated are errors that name them", () => {
  expect(() => operationOf(world.glue, "UpdateTable")).toThrow(
    "local/glue: the operation UpdateTable is not simulated",
  );
  expect(() => operationOf(world.athena, "CreatePreparedStatement")).toThrow(
    "local/athena: the operation CreatePreparedStatement is not simulated",
  );
});

test("a query with execution parameters is refused, and one of another catalog", async () => {
  const start = (input: object) => world.call("athena", "StartQueryExecution", { QueryString: "SELECT 1", ...input });
  await expect(start({ ExecutionParameters: ["1"] })).rejects.toThrow(
    "local/athena: ExecutionParameters is not simulated",
  );
  await expect(start({ QueryExecutionContext: { Catalog: "other" } })).rejects.toThrow(
    'the catalog "other" is not simulated',
  );
});
