/**
 * The token bucket of a stage: refilled at the rate, as large as the burst.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
import type { Stage } from "./httpApi";

export class Throttle {
  private tokens: number | undefined;
  private filledAt = 0;

  constructor(private readonly now: () => number) {}

  /** False if the request is one too many. */
  take(stage: Stage | undefined): boolean {
    if (stage?.rate === undefined || stage.burst === undefined) return true;
    const { rate, burst } = stage;
    const now = this.now();
    const refill = ((now - this.filledAt) / 1000) * rate;
    this.tokens = Math.min(burst, this.tokens === undefined ? burst : this.tokens + refill);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
