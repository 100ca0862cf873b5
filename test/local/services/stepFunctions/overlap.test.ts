/** Executions of one state machine wait for each other before they start SQL. */
import { Execution } from "../../../../local/services/stepFunctions/execution";
import { Overlap } from "../../../../local/services/stepFunctions/overlap";

const BATCH = "arn:aws:states:::aws-sdk:redshiftdata:batchExecuteStatement";

function running(name: string, machine = "m") {
  const execution = new Execution(name, name, machine, "{}", new Date(0));
  let end = () => {};
  execution.ended = new Promise<void>((resolve) => {
    end = () => {
      execution.end = { status: "SUCCEEDED", output: {} };
      resolve();
    };
  });
  return { execution, end };
}

function machine(...executions: Execution[]) {
  const overlap = new Overlap();
  const went: string[] = [];
  const before = async (execution: Execution, resource = BATCH) => {
    await overlap.before(resource, execution, () => executions);
    went.push(execution.name);
  };
  return { before, went };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("the n-th start of SQL waits until the other executions come to theirs", async () => {
  const [a, b] = [running("a"), running("b")];
  const { before, went } = machine(a.execution, b.execution);
  const first = before(a.execution);
  await settle();
  expect(went).toEqual([]);
  await Promise.all([first, before(b.execution)]);
  expect(went.sort()).toEqual(["a", "b"]);
  const second = before(b.execution);
  await settle();
  expect(went).toHaveLength(2);
  await Promise.all([second, before(a.execution)]);
  expect(went).toHaveLength(4);
});

test("an execution that ends, another state machine and other calls are not waited for", async () => {
  const [a, b, other] = [running("a"), running("b"), running("other", "n")];
  const { before, went } = machine(a.execution, b.execution, other.execution);
  await before(a.execution, "arn:aws:states:::lambda:invoke");
  expect(went).toEqual(["a"]);
  const waiting = before(a.execution);
  await settle();
  expect(went).toEqual(["a"]);
  b.end();
  await waiting;
  expect(went).toEqual(["a", "a"]);
});

test("an execution that is stopped waits no more", async () => {
  const [a, b] = [running("a"), running("b")];
  const { before } = machine(a.execution, b.execution);
  const waiting = before(a.execution);
  await settle();
  a.execution.stop("StopExecution");
  await expect(waiting).rejects.toThrow("StopExecution");
});
