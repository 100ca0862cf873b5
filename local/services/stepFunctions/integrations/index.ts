/** The service integrations that tasks may name; any other `Resource` is refused when the state machine is made. */
import { glueGetCrawler, glueStartCrawler } from "./glueCrawler";
import { glueStartJobRun } from "./glueStartJobRun";
import type { Integration } from "./integration";
import { lambdaInvoke } from "./lambdaInvoke";
import { snsPublish } from "./snsPublish";
import { startExecution } from "./startExecution";

export const integrations: ReadonlyMap<string, Integration> = new Map([
  ["arn:aws:states:::lambda:invoke", lambdaInvoke],
  ["arn:aws:states:::glue:startJobRun.sync", glueStartJobRun],
  ["arn:aws:states:::aws-sdk:glue:startCrawler", glueStartCrawler],
  ["arn:aws:states:::aws-sdk:glue:getCrawler", glueGetCrawler],
  ["arn:aws:states:::sns:publish", snsPublish],
  ["arn:aws:states:::states:startExecution", startExecution],
]);
