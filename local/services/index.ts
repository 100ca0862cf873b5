/** Every simulated service of a run, IAM and STS aside, which each cloud has from its start. */
import type { Clock } from "../clock";
import type { Cloud } from "../cloud";
import type { Service } from "../service";
import { cloudwatchService } from "./cloudwatch";
import { kmsService } from "./kms";
import { schedulerService } from "./scheduler";
import { snsService } from "./sns";
import { sqsService } from "./sqs";
import { stepFunctionsService } from "./stepFunctions";

/**
 * @param workflowClock the time of state machines
 * @param endpoint the URL of the cloud's endpoint
 */
export function allServices(cloud: Cloud, workflowClock: Clock, endpoint: string): Service[] {
  return [
    stepFunctionsService(cloud, workflowClock),
    schedulerService(cloud),
    snsService(cloud),
    sqsService(cloud, endpoint),
    cloudwatchService(cloud),
    kmsService(cloud),
  ];
}
