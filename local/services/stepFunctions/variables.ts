/** Workflow variables: a state assigns them on exit; later states and inner scopes read them. */
import type { Json } from "../../cloud/json";
import { withinDataLimit } from "./workflowError";

export class Variables {
  private readonly own = new Map<string, Json>();

  constructor(private readonly outer?: Variables) {}

  /** All visible variables; those of inner scopes override outer ones. */
  all(): Record<string, Json> {
    return { ...this.outer?.all(), ...Object.fromEntries(this.own) };
  }

  /** Sets variables of this scope. The total size of one `Assign` is at most 256 KiB. */
  assign(values: Record<string, Json>): void {
    withinDataLimit(values, "The Assign field of the state");
    for (const [name, value] of Object.entries(values)) this.own.set(name, value);
  }
}
