/** A permission on a resource: the owner of the resource defines it, and its users collect it into their roles. */
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
  /** False leaves the statement out; for attributes of resources that may have no value. @default true */
  readonly when?: pulumi.Input<boolean>;
}
