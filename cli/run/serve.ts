/** Keeps the cloud of a run running until Ctrl-C, in real time, and prints how to use it. */
import type { Project } from "../project/readProject";
import { inputStream, queryContext } from "./routes";
import type { RunContext } from "./steps";

export async function serve({ cloud, io, progress }: RunContext, project: Project): Promise<void> {
  progress.done(usage(cloud, project).join("\n"));
  cloud.startSchedules(({ schedule, error }) => {
    const outcome = error === undefined ? "started its target" : `failed: ${error}`;
    progress.done(`${new Date(io.clock.now()).toISOString()}  schedule ${schedule} ${outcome}`);
  });
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    else io.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  io.signal.throwIfAborted();
}

function usage({ endpoint, region, resources, outputs }: RunContext["cloud"], { name }: Project): string[] {
  const stream = inputStream(resources, outputs);
  const { database, workgroup } = queryContext(resources, outputs);
  const aws = (command: string) => `  aws --endpoint-url ${endpoint} ${command}`;
  return [
    "",
    `"${name}" is served at ${endpoint} until Ctrl-C. It accepts any credentials:`,
    "",
    `  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    aws("s3 ls"),
    // A file, because versions 1 and 2 of the CLI decode --data differently.
    '  echo \'{"hello":"lake"}\' > record.json',
    aws(`kinesis put-record --stream-name ${stream} --partition-key k --data fileb://record.json`),
    aws(
      `athena start-query-execution --work-group ${workgroup} --query-execution-context Database=${database} --query-string 'SELECT count(*) FROM records'`,
    ),
    aws("stepfunctions list-state-machines"),
    `  npx streamlake produce --stream ${stream} --records 100 --endpoint-url ${endpoint}`,
    "",
  ];
}
