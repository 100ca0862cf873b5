/** Describes the graphs that functions have in common: their errors and their run time. */
import type { CallbackFunction } from "../../callbackFunction";
import type { Graph } from "./monitoring";

type Functions = readonly (readonly [label: string, handler: CallbackFunction])[];

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export function functionErrors(name: string, functions: Functions): Graph {
  const metrics = functions.flatMap(([label, handler]) =>
    (["Errors", "Throttles"] as const).map((metricName) => ({
      ...ofFunction(handler),
      metricName,
      statistic: "Sum" as const,
      label: `${label} ${metricName.toLowerCase()}`,
    })),
  );
  return { section: "errors", title: `${name}: failed and throttled invocations`, unit: "invocations", metrics };
}

/** The sum of `Duration` is what Lambda charges by memory: invocations × their time. */
export function functionTime(name: string, functions: Functions): Graph {
  const metrics = functions.map(
    ([label, handler]) => ({ ...ofFunction(handler), metricName: "Duration", statistic: "Sum", label }) as const,
  );
  return { section: "cost", title: `${name}: invocations × duration`, unit: "ms", metrics };
}

function ofFunction(handler: CallbackFunction) {
  return { namespace: "AWS/Lambda", dimensions: { FunctionName: handler.nodes.function.name } };
}
