/** What a resource's owner says may be done with it; whoever uses the resource collects these into its role. */
import type * as pulumi from "@pulumi/pulumi";

/** One policy statement, always `Allow`. */
export interface Permission {
  /** Exact actions, `"s3:PutObject"`; never a wildcard. */
  readonly actions: readonly string[];
  /** ARNs. `"*"` alone only where AWS offers no resource for the action, and then with a `reason`. */
  readonly resources: readonly pulumi.Input<string>[];
  /** IAM conditions: operator, then condition key, then value. */
  readonly conditions?: Record<string, Record<string, pulumi.Input<string>>>;
  /** Why the resource is `"*"`, with AWS's rule. */
  readonly reason?: string;
}
