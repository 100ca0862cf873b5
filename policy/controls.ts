/** `streamlake/policy`: the controls, to be run in a policy pack of one's own. */
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

/**
 * Controls of AWS Foundational Security Best Practices, named by their ids in Security Hub (`"S3.8"`). Each can be given
 * another level, its parameters, and resources that it leaves out, each with a reason, by the configuration of the pack.
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
