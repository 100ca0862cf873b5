/** Declares the alarm inputs that components share, for programs in any language. */
import type * as pulumi from "@pulumi/pulumi";

export interface Alarms {
  /**
   * ARN of the SNS topic that is notified when an alarm goes off and when it is over. CloudWatch must be allowed to
   * publish to it.
   */
  topicArn: pulumi.Input<string>;
}
