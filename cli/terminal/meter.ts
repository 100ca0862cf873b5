/** Measures the steps of long work: bytes, rate, time left, and the time of steps that are not measured. */
import type { WorkStep } from "../../local/workStep";
import { byteCount, duration } from "./wording";

/** The rate is that of the last seconds, because the parts of a step differ in speed. */
const RATE_MILLIS = 10_000;
/** A rate of a shorter time says little. */
const LEAST_RATE_MILLIS = 1000;

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

export class Meter {
  private what = "";
  private began = 0;
  private samples: Sample[] = [];

  /** `sending 120.4 MB of 300.9 MB, 35.1 MB/s, 5.1 s left`, or `starting the program, 3.2 s`. */
  line({ what, bytes, ofBytes }: WorkStep, now: number): string {
    if (what !== this.what) {
      this.what = what;
      this.began = now;
      this.samples = [];
    }
    if (bytes === undefined) {
      const elapsed = now - this.began;
      return elapsed < LEAST_RATE_MILLIS ? what : `${what}, ${duration(elapsed)}`;
    }
    const reached = ofBytes === undefined ? bytes : Math.min(bytes, ofBytes);
    const parts = [`${what} ${byteCount(Math.round(reached))}`];
    if (ofBytes !== undefined) parts[0] += ` of ${byteCount(ofBytes)}`;
    const bytesPerSecond = this.rate(reached, now);
    if (bytesPerSecond !== undefined && bytesPerSecond > 0) {
      parts.push(`${byteCount(Math.round(bytesPerSecond))}/s`);
      if (ofBytes !== undefined) parts.push(`${duration(((ofBytes - reached) / bytesPerSecond) * 1000)} left`);
    }
    return parts.join(", ");
  }

  private rate(bytes: number, now: number): number | undefined {
    const { samples } = this;
    samples.push({ at: now, bytes });
    while (samples.length > 2 && now - (samples[1] as Sample).at >= RATE_MILLIS) samples.shift();
    const [first] = samples as [Sample];
    const millis = now - first.at;
    return millis < LEAST_RATE_MILLIS ? undefined : ((bytes - first.bytes) / millis) * 1000;
  }
}
