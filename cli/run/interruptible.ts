/** Stops waiting for work at Ctrl-C, so that the command can clean up while the work ends. */

/** Settles like `work`, or rejects with the reason of the signal as soon as it is aborted. */
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
    // After an interrupt, a failure of the work itself does not matter.
    if (signal.aborted) work.catch(() => undefined);
  }
}
