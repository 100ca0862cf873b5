/** `streamlake/policy`: the controls and the rules of `streamlake lint`, for use in your own policy pack. */
import type { Policies } from "@pulumi/policy";
import { apiGatewayControls } from "./rules/apiGateway";
import { athenaControls } from "./rules/athena";
import { bucketAccessControls } from "./rules/bucketAccess";
import { bucketUpkeepControls } from "./rules/bucketUpkeep";
import { dynamodbControls } from "./rules/dynamodb";
import { firehoseControls } from "./rules/firehose";
import { glueControls } from "./rules/glue";
import { iamControls } from "./rules/iam";
import { kinesisControls } from "./rules/kinesis";
import { kmsControls } from "./rules/kms";
import { lambdaControls } from "./rules/lambda";
import { redshiftControls } from "./rules/redshift";
import { redshiftNetworkControls } from "./rules/redshiftNetwork";
import { redshiftServerlessControls } from "./rules/redshiftServerless";
import { snsControls } from "./rules/sns";
import { sqsControls } from "./rules/sqs";
import { stepFunctionsControls } from "./rules/stepFunctions";

export { contradictions } from "./contradictions";

/**
 * Controls of AWS Foundational Security Best Practices, named by their ids in Security Hub (`"S3.8"`). The configuration
 * of the pack sets each control's level, its parameters and the resources that it exempts, with a reason.
 *
 * @example new PolicyPack("mine", { policies: [...controls, ownRule] });
 */
export const controls: Policies = [
  ...apiGatewayControls,
  ...athenaControls,
  ...dynamodbControls,
  ...firehoseControls,
  ...glueControls,
  ...iamControls,
  ...kinesisControls,
  ...kmsControls,
  ...lambdaControls,
  ...redshiftControls,
  ...redshiftNetworkControls,
  ...redshiftServerlessControls,
  ...bucketAccessControls,
  ...bucketUpkeepControls,
  ...snsControls,
  ...sqsControls,
  ...stepFunctionsControls,
];
