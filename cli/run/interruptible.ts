/** Lets work that cannot be stopped be left: the command goes on to clean up while it winds down. */

/** Settles as the work does, or rejects with the signal's reason as soon as that comes. */
export async function interruptible<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let leave: () => void = () => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
  });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    signal.removeEventListener("abort", leave);
    // Whoever left early does not hear of the work's own failure.
    if (signal.aborted) work.catch(() => undefined);
  }
}
