/** `aws-sdk:glue:startCrawler` and `aws-sdk:glue:getCrawler`: crawlers have no integration that waits. */
import { glueJson } from "./glueJson";
import { argumentsOf, type Integration, withErrorNames } from "./integration";

const ERRORS = { prefix: "Glue", accessDenied: "AccessDeniedException" };

/** Answers `{}`; a crawler that runs already is `Glue.CrawlerRunningException`. */
export const glueStartCrawler: Integration = crawlerCall("StartCrawler");

/** Answers `{ Crawler: { Name, State, LastCrawl … } }`. */
export const glueGetCrawler: Integration = crawlerCall("GetCrawler");

function crawlerCall(operation: string): Integration {
  return async (call, service) => {
    const input = argumentsOf(call, ["Name"], ["Name"]);
    return glueJson(((await withErrorNames(ERRORS, () => service("glue", operation, input))) ?? {}) as object);
  };
}
