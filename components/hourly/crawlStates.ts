/** The states that start the crawler and wait for it, and start it once more if it was already running. */

import { CAUSE } from "../workflow/runStates";
import { retryOn } from "../workflow/stateRetry";
import type { HourlyWorkflow, States } from "../workflow/states";
import { EVENTS_PER_POLL, MAX_CRAWLER_POLLS, START_RETRIES } from "./historyEvents";
import { GLUE_SERVICE_ERRORS } from "./jobRunStates";

const KEEP_INPUT = "{% $states.input %}";
const CATALOGUED = "{% $crawlerState = 'READY' and $ours and $lastCrawl = 'SUCCEEDED' %}";

/**
 * A crawl that another caller started may have listed the bucket before these hours were written, so the states wait
 * for it and then start one more. The number of polls limits the whole wait.
 */
export function crawlStates(workflow: HourlyWorkflow, crawlerName: string): States {
  const timeoutSeconds = workflow.crawlerTimeoutMinutes * 60;
  const pollSeconds = Math.max(workflow.crawlerPollSeconds, Math.ceil(timeoutSeconds / MAX_CRAWLER_POLLS));
  const maxPolls = Math.ceil(timeoutSeconds / pollSeconds);
  const polledEnough = `{% $polls >= ${maxPolls} %}`;
  const counted = { polls: "{% $polls + 1 %}", events: `{% $events + ${EVENTS_PER_POLL} %}` };
  return {
    Crawl: { Type: "Pass", Assign: { polls: 0 }, Next: "StartCrawler" },
    StartCrawler: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:glue:startCrawler",
      Arguments: { Name: crawlerName },
      Assign: { ours: true },
      Output: KEEP_INPUT,
      Catch: [
        {
          ErrorEquals: ["Glue.CrawlerRunningException"],
          Assign: { ours: false },
          Output: KEEP_INPUT,
          Next: "AwaitCrawler",
        },
        crawlFailed(),
      ],
      Retry: [retryOn(GLUE_SERVICE_ERRORS, START_RETRIES)],
      Next: "AwaitCrawler",
    },
    AwaitCrawler: { Type: "Wait", Seconds: pollSeconds, Next: "GetCrawler" },
    GetCrawler: {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:glue:getCrawler",
      Arguments: { Name: crawlerName },
      Assign: {
        ...counted,
        crawlerState: "{% $states.result.Crawler.State %}",
        lastCrawl: textOr("$states.result.Crawler.LastCrawl.Status", "none"),
        crawlError: textOr("$states.result.Crawler.LastCrawl.ErrorMessage", ""),
      },
      Output: KEEP_INPUT,
      Catch: [
        {
          // The next poll repeats the call, so that calls are bounded.
          ErrorEquals: GLUE_SERVICE_ERRORS,
          Assign: {
            ...counted,
            crawlerState: "UNKNOWN",
            lastCrawl: "none",
            crawlError: "{% $states.errorOutput.Error %}",
          },
          Output: KEEP_INPUT,
          Next: "IsCatalogued",
        },
        crawlFailed(),
      ],
      Next: "IsCatalogued",
    },
    IsCatalogued: {
      Type: "Choice",
      Choices: [
        { Condition: CATALOGUED, Assign: { hasCrawled: true }, Next: "AfterPass" },
        { Condition: polledEnough, Next: "CrawlFailed" },
        { Condition: "{% $crawlerState = 'READY' and $not($ours) %}", Next: "StartCrawler" },
        { Condition: "{% $crawlerState = 'READY' %}", Next: "CrawlFailed" },
      ],
      Default: "AwaitCrawler",
    },
    CrawlFailed: {
      Type: "Pass",
      Comment: "The lease remembers that a crawl is due, and that one failed",
      Assign: {
        isMore: false,
        hasCrawlFailed: true,
        failures: `{% $append($failures, [{ 'step': 'crawl', 'error': 'CrawlFailed', 'cause': ${WHY} }]) %}`,
      },
      Next: "Release",
    },
  };
}

const WHY =
  "'crawler ' & $crawlerState & ', last crawl ' & $lastCrawl & ', polls ' & $string($polls) & ' ' & $substring($crawlError, 0, 300)";

/** Catches an error of the call itself, and keeps the earlier failures. */
function crawlFailed() {
  const failure = `{ 'step': 'crawl', 'error': $states.errorOutput.Error, 'cause': ${CAUSE} }`;
  return {
    ErrorEquals: ["States.ALL"],
    Assign: { isMore: false, hasCrawlFailed: true, failures: `{% $append($failures, [${failure}]) %}` },
    Output: KEEP_INPUT,
    Next: "Release",
  };
}

function textOr(expression: string, otherwise: string): string {
  return `{% $exists(${expression}) ? ${expression} : '${otherwise}' %}`;
}
