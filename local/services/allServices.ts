/** Creates every simulated service of a run. */
import type { Clock } from "../cloud/clock";
import type { Cloud } from "../cloud/cloud";
import type { Service } from "../cloud/service";
import { apiGatewayService } from "./apigatewayv2/service";
import { athenaService } from "./athena/service";
import { cloudwatchService } from "./cloudwatch/service";
import { dynamodbService } from "./dynamodb/service";
import { ec2Service } from "./ec2/service";
import { firehoseService } from "./firehose/service";
import { glueService } from "./glue/service";
import { iamService } from "./iam/service";
import { kinesisService } from "./kinesis/service";
import { kmsService } from "./kms/service";
import { lambdaService } from "./lambda/service";
import { logsService } from "./logs/service";
import { quickSightService } from "./quicksight/service";
import { redshiftDataService } from "./redshiftdata/service";
import { redshiftServerlessService } from "./redshiftserverless/service";
import { s3Service } from "./s3/service";
import { schedulerService } from "./scheduler/service";
import { secretsManagerService } from "./secretsmanager/service";
import { snsService } from "./sns/service";
import { sqsService } from "./sqs/service";
import { ssmService } from "./ssm/service";
import { stepFunctionsService } from "./stepFunctions/service";
import { stsService } from "./sts/service";

/**
 * @param workflowClock the time of state machines
 * @param endpoint the URL of the cloud's endpoint
 * @param sparkPython the Python whose PySpark runs Glue jobs; without it DuckDB does
 */
export function allServices(cloud: Cloud, workflowClock: Clock, endpoint: string, sparkPython?: string): Service[] {
  return [
    iamService(cloud),
    stsService(cloud),
    logsService(cloud),
    s3Service(cloud),
    kinesisService(cloud),
    dynamodbService(cloud),
    lambdaService(cloud, endpoint),
    firehoseService(cloud),
    apiGatewayService(cloud, endpoint),
    glueService(cloud, sparkPython),
    athenaService(cloud),
    stepFunctionsService(cloud, workflowClock),
    schedulerService(cloud),
    snsService(cloud),
    sqsService(cloud, endpoint),
    cloudwatchService(cloud),
    kmsService(cloud),
    secretsManagerService(cloud),
    ssmService(cloud),
    ec2Service(cloud),
    redshiftServerlessService(cloud),
    redshiftDataService(cloud),
    quickSightService(cloud),
  ];
}
