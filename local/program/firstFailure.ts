/** The first error of a program's evaluation, and a quiet end for all that would still follow it. */
import * as pulumi from "@pulumi/pulumi";

/**
 * Nothing is ever rejected into Pulumi's runtime: a rejected registration comes back as dozens of unhandled rejections.
 * Instead the first error is kept, the runtime is told that this is a preview from now on, so that callbacks on what is
 * not known do not run, and every later resource is answered with nothing.
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
    // Whoever awaits it sees the rejection; when nobody does, `throwIfFailed` has thrown it.
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

  /** The work's result, or `otherwise` when something has failed, itself included. */
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

  /** Resolves when no work is under way and Node.js has reported what was left unhandled. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled([...this.running]);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}
