/** Keeps the first error of a program's evaluation and silences the ones that follow from it. */
import * as pulumi from "@pulumi/pulumi";

/**
 * Never rejects into Pulumi's runtime, where a rejected registration causes dozens of unhandled rejections. Instead it
 * keeps the first error, switches the runtime to preview, so that callbacks on unknown values do not run, and answers
 * every later resource with no outputs.
 */
export class FirstFailure {
  /** Rejects with the first error; never resolves. */
  readonly rejected: Promise<never>;
  private failure?: { readonly error: unknown };
  private reject: (error: unknown) => void = () => undefined;
  private readonly running = new Set<Promise<unknown>>();

  constructor() {
    this.rejected = new Promise((_resolve, reject) => {
      this.reject = reject;
    });
    // A rejection that nothing awaits is not lost: `throwIfFailed` throws the error.
    this.rejected.catch(() => undefined);
  }

  note(error: unknown): void {
    if (this.failure) return;
    this.failure = { error };
    this.reject(error);
    (pulumi.runtime as unknown as { _setIsDryRun(dryRun: boolean): void })._setIsDryRun(true);
  }

  throwIfFailed(): void {
    if (this.failure) throw this.failure.error;
  }

  /** The work's result, or `otherwise` if this work or an earlier one has failed. */
  async unlessFailed<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
    if (this.failure) return otherwise;
    const running = work();
    this.running.add(running);
    try {
      const result = await running;
      return this.failure ? otherwise : result;
    } catch (error) {
      this.note(error);
      return otherwise;
    } finally {
      this.running.delete(running);
    }
  }

  /** Resolves when no work is pending and Node.js has reported all unhandled rejections. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled([...this.running]);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}
