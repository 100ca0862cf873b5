/** Workflow variables: assigned when a state is left, seen by the states after it and by the scopes inside. */
import type { Json } from "../../cloud/json";
import { withinDataLimit } from "./workflowError";

export class Variables {
  private readonly own = new Map<string, Json>();

  constructor(private readonly outer?: Variables) {}

  /** Everything that is visible here, inner scopes last. */
  all(): Record<string, Json> {
    return { ...this.outer?.all(), ...Object.fromEntries(this.own) };
  }

  /** Sets variables of this scope. The values of one `Assign` together have at most 256 KiB. */
  assign(values: Record<string, Json>): void {
    withinDataLimit(values, "What the state assigns");
    for (const [name, value] of Object.entries(values)) this.own.set(name, value);
  }
}
