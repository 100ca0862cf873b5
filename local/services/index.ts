/** Every simulated service of a run, IAM and STS aside, which each cloud has from its start. */
import type { Clock } from "../clock";
import type { Cloud } from "../cloud";
import type { Service } from "../service";
import { athenaService } from "./athena";
import { cloudwatchService } from "./cloudwatch";
import { glueService } from "./glue";
import { kinesisService } from "./kinesis";
import { kmsService } from "./kms";
import { lambdaService } from "./lambda";
import { logsService } from "./logs";
import { s3Service } from "./s3";
import { schedulerService } from "./scheduler";
import { snsService } from "./sns";
import { sqsService } from "./sqs";
import { stepFunctionsService } from "./stepFunctions";

/**
 * @param workflowClock the time of state machines
 * @param endpoint the URL of the cloud's endpoint
 * @param sparkPython the Python whose PySpark runs Glue jobs; without it DuckDB does
 */
export function allServices(cloud: Cloud, workflowClock: Clock, endpoint: string, sparkPython?: string): Service[] {
  return [
    logsService(cloud),
    s3Service(cloud),
    kinesisService(cloud),
    lambdaService(cloud, endpoint),
    glueService(cloud, sparkPython),
    athenaService(cloud),
    stepFunctionsService(cloud, workflowClock),
    schedulerService(cloud),
    snsService(cloud),
    sqsService(cloud, endpoint),
    cloudwatchService(cloud),
    kmsService(cloud),
  ];
}
