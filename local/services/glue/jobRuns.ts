/** Glue jobs and their runs: starts runs, limits how many are concurrent, and keeps their results. */
import type { Clock } from "../../cloud/clock";
import { ServiceError } from "../../cloud/service";
import type { GlueRun, TableEffect } from "./glueRun";

type JobRunState = "RUNNING" | "SUCCEEDED" | "FAILED";

export interface GlueJob {
  readonly name: string;
  /** ARN. */
  readonly role: string;
  /** `s3://bucket/key` */
  readonly scriptLocation: string;
  readonly defaultArguments: Readonly<Record<string, string>>;
  readonly maxConcurrentRuns: number;
}

/** A job run in the form of Glue's API; times are seconds since the epoch. */
interface JobRun {
  readonly Id: string;
  readonly JobName: string;
  readonly Arguments: Record<string, string>;
  readonly Attempt: 0;
  readonly StartedOn: number;
  JobRunState: JobRunState;
  LastModifiedOn: number;
  CompletedOn?: number;
  /** Seconds. */
  ExecutionTime?: number;
  ErrorMessage?: string;
}

export class JobRuns {
  readonly #jobs = new Map<string, GlueJob>();
  readonly #runs: JobRun[] = [];
  readonly #effects = new WeakMap<JobRun, TableEffect[]>();
  #started = 0;
  readonly #underWay = new Map<string, Promise<void>>();

  /** @param work runs the job and reports each table; the message of an error that it throws becomes the run's error message */
  constructor(
    private readonly clock: Clock,
    private readonly work: (
      job: GlueJob,
      runArguments: Record<string, string>,
      onEffect: (effect: TableEffect) => void,
    ) => Promise<void>,
  ) {}

  /** Adds a job, or replaces one; a change applies from the next run. */
  put(job: GlueJob): void {
    this.#jobs.set(job.name, job);
  }

  /** Removes a job, waits for its running runs, and removes its runs. */
  async remove(name: string): Promise<void> {
    this.#jobs.delete(name);
    const own = this.#runs.filter((run) => run.JobName === name);
    await Promise.all(own.map((run) => this.#underWay.get(run.Id)));
    for (const run of own) this.#runs.splice(this.#runs.indexOf(run), 1);
  }

  jobs(): GlueJob[] {
    return [...this.#jobs.values()];
  }

  job(name: string): GlueJob {
    const job = this.#jobs.get(name);
    if (!job)
      throw new ServiceError("EntityNotFoundException", `Failed to start job run due to missing metadata: ${name}`);
    return job;
  }

  /** Starts a run in the background. */
  start(name: string, given: Readonly<Record<string, string>>): JobRun {
    const job = this.job(name);
    const running = this.#runs.filter((run) => run.JobName === name && run.JobRunState === "RUNNING").length;
    if (running >= job.maxConcurrentRuns) {
      throw new ServiceError("ConcurrentRunsExceededException", `Concurrent runs exceeded for ${name}`);
    }
    const now = this.clock.now() / 1000;
    const run: JobRun = {
      Id: `jr_${(++this.#started).toString(16).padStart(64, "0")}`,
      JobName: name,
      Arguments: { ...given },
      Attempt: 0,
      StartedOn: now,
      LastModifiedOn: now,
      JobRunState: "RUNNING",
    };
    this.#runs.push(run);
    const effects: TableEffect[] = [];
    this.#effects.set(run, effects);
    const all = { ...job.defaultArguments, ...given };
    const ended = this.work(job, all, (effect) => effects.push(effect)).then(
      () => this.#end(run, "SUCCEEDED"),
      (error: unknown) => this.#end(run, "FAILED", error),
    );
    this.#underWay.set(run.Id, ended);
    return run;
  }

  run(name: string, id: string): JobRun {
    const run = this.#runs.find((candidate) => candidate.Id === id && candidate.JobName === name);
    if (!run) throw new ServiceError("EntityNotFoundException", `Job run ${id} of job ${name} not found.`);
    return run;
  }

  /** The runs of a job, newest first. */
  runsOf(name: string): JobRun[] {
    this.job(name);
    return this.#runs.filter((run) => run.JobName === name).reverse();
  }

  /** The runs of all jobs, oldest first. */
  views(): GlueRun[] {
    return this.#runs.map((run) => ({
      kind: "job",
      name: run.JobName,
      id: run.Id,
      state: run.JobRunState,
      startMillis: run.StartedOn * 1000,
      ...(run.CompletedOn !== undefined && { endMillis: run.CompletedOn * 1000 }),
      ...(run.ErrorMessage !== undefined && { error: run.ErrorMessage }),
      arguments: run.Arguments,
      effects: this.#effects.get(run) ?? [],
    }));
  }

  /** Waits until the run has ended. */
  async ended(id: string): Promise<void> {
    await this.#underWay.get(id);
  }

  /** Waits until no run is running. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  #end(run: JobRun, state: JobRunState, error?: unknown): void {
    const now = this.clock.now() / 1000;
    run.JobRunState = state;
    run.LastModifiedOn = now;
    run.CompletedOn = now;
    run.ExecutionTime = Math.round(now - run.StartedOn);
    if (error !== undefined)
      run.ErrorMessage = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.#underWay.delete(run.Id);
  }
}
