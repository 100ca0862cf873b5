/** Where a component's alarms go, as programs in any language say it. */
import type * as pulumi from "@pulumi/pulumi";

export interface Alarms {
  /** ARN of the SNS topic that is told when an alarm goes off and when it is over. CloudWatch must be allowed to publish to it. */
  topicArn: pulumi.Input<string>;
}
