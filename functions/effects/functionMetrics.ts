/** Publishes counts of a function as metrics, with the function as their dimension. */
import { environmentVariable } from "./environment";
import { logToConsole } from "./log";

/** Numbers of one log line, by the metric's name. @param message the line's own message */
export type PublishCounts = (message: string, counts: Readonly<Record<string, number>>) => void;

/** The namespace of the library's own metrics. */
const NAMESPACE = "Streamlake";

/** Lambda sets `AWS_LAMBDA_FUNCTION_NAME` for every function. */
export const publishCounts: PublishCounts = (message, counts) => {
  const Metrics = Object.keys(counts).map((Name) => ({ Name, Unit: Name.endsWith("Seconds") ? "Seconds" : "Count" }));
  const directive = { Namespace: NAMESPACE, Dimensions: [["Function"]], Metrics };
  logToConsole({
    message,
    Function: environmentVariable("AWS_LAMBDA_FUNCTION_NAME"),
    ...counts,
    _aws: { CloudWatchMetrics: [directive] },
  });
};
