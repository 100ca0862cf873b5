/** Finds alarms and widgets whose metric nobody publishes. */
import { EVENT_COUNTS, NAMESPACES, type Namespace } from "../metrics/published";
import { type WatchedMetric, watchedMetrics } from "../metrics/watched";
import type { Declaration, Program } from "../program";
import { objectOf } from "../program";
import type { Contradiction, Rule } from "../rule";
import { resembles } from "./resembles";
import { MAPPING } from "./types";

/** CloudWatch accepts an alarm on any metric; one that nobody publishes never goes off, or always does. */
export const deadMetrics: Rule = {
  id: "dead-metrics",
  title: "An alarm or a widget should watch a metric that a resource publishes",
  find: (program) => {
    const found = watchedMetrics(program).flatMap((watched) => {
      const problem = problemOf(watched, program);
      return problem === undefined ? [] : [{ resource: watched.by, ...problem }];
    });
    return found.filter(
      (one, at) =>
        found.findIndex(({ resource, problem }) => resource === one.resource && problem === one.problem) === at,
    );
  },
};

type Problem = Omit<Contradiction, "resource">;

function problemOf(watched: WatchedMetric, program: Program): Problem | undefined {
  const space = Object.hasOwn(NAMESPACES, watched.namespace) ? NAMESPACES[watched.namespace] : undefined;
  if (!space) return undefined;
  return dimensionProblem(watched, space) ?? nameProblem(watched, space) ?? resourceProblem(watched, space, program);
}

function dimensionProblem({ who, namespace, name, dimensions }: WatchedMetric, space: Namespace): Problem | undefined {
  const known = Object.keys(space.dimensions);
  const given = Object.keys(dimensions);
  if (given.length === 0 && !space.ofAccount) {
    return {
      problem: `${who} watches ${namespace} ${name} without a dimension, and ${namespace} publishes no such metric.`,
      wayOut: `Set one of the dimensions ${known.join(", ")}.`,
    };
  }
  const wrong = given.find((dimension) => !known.includes(dimension));
  if (wrong === undefined) return undefined;
  return {
    problem: `${who} watches ${namespace} ${name} by the dimension ${wrong}, which ${namespace} does not have.`,
    wayOut: `Use one of ${known.join(", ")}.`,
  };
}

function nameProblem({ who, namespace, name, dimensions }: WatchedMetric, space: Namespace): Problem | undefined {
  const [dimension, other] = Object.keys(dimensions);
  const metrics = dimension === undefined || other !== undefined ? undefined : space.metrics?.[dimension];
  if (!metrics || metrics.includes(name) || metrics.some((metric) => isPartOf(name, metric, namespace)))
    return undefined;
  return {
    problem: `${who} watches the metric ${name}, which ${namespace} does not publish for ${dimension}.`,
    wayOut: `Use one of ${near(name, metrics).join(", ")}.`,
  };
}

/** The library's own metrics are also published by reason and format, as `Unformatted.schema.csv`. */
function isPartOf(name: string, metric: string, namespace: string): boolean {
  return (
    namespace === "Streamlake" &&
    ["Unformatted", "Unfolded", "Failed"].includes(metric) &&
    name.startsWith(`${metric}.`)
  );
}

const SUGGESTED = 3;

/** The metrics whose names have most pairs of letters in common with a name. */
function near(name: string, metrics: readonly string[]): readonly string[] {
  const pairsOf = (text: string) =>
    new Set([...text.slice(1)].map((letter, at) => `${text[at]}${letter}`.toLowerCase()));
  const own = pairsOf(name);
  const ranked = metrics.map((metric) => {
    const pairs = pairsOf(metric);
    return { metric, share: [...pairs].filter((pair) => own.has(pair)).length / (pairs.size + own.size) };
  });
  ranked.sort((one, other) => other.share - one.share);
  return ranked.slice(0, SUGGESTED).map(({ metric }) => metric);
}

function resourceProblem(watched: WatchedMetric, space: Namespace, program: Program): Problem | undefined {
  const { by, input, who, dimensions } = watched;
  for (const [dimension, type] of Object.entries(space.dimensions)) {
    const value = dimensions[dimension];
    if (type === undefined || typeof value !== "string") continue;
    const declared = program.all(type);
    const isLinked = by.links.get(input)?.some((resource) => declared.includes(resource)) ?? false;
    const named = declared.find(({ names }) => names.includes(value));
    if (named) {
      const silent = mappingProblem(watched, named);
      if (silent) return silent;
      if (isLinked || hasOwnName(named)) continue;
      return randomName(watched, dimension, value, named);
    }
    if (isLinked || hasOtherLinks(watched) || program.mentions(value)) continue;
    const generated = declared.find((one) => !hasOwnName(one) && isGenerated(value, one.name));
    if (generated) return randomName(watched, dimension, value, generated);
    // Another program may have a resource of any other name.
    const meant = declared.find(({ name, names }) => [name, ...names].some((known) => resembles(value, known)));
    if (!meant) continue;
    return {
      problem: `${who} watches ${dimension} "${value}", which no resource of the program has.`,
      wayOut: `Use an output of ${meant.name}.`,
    };
  }
  return undefined;
}

/** Pulumi's own names end in seven hexadecimal digits: https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming */
function isGenerated(value: string, name: string): boolean {
  return value.startsWith(`${name}-`) && /^[0-9a-f]{7}$/.test(value.slice(name.length + 1));
}

function randomName({ who }: WatchedMetric, dimension: string, value: string, { name }: Declaration): Problem {
  return {
    problem: `${who} watches ${dimension} "${value}", but Pulumi gives ${name} a name that ends in random characters.`,
    wayOut: "Use the resource's output in place of the literal name.",
  };
}

/** A mapping publishes counts of events only where its metrics config asks for them. */
function mappingProblem({ who, name }: WatchedMetric, mapping: Declaration): Problem | undefined {
  if (mapping.type !== MAPPING || !EVENT_COUNTS.includes(name)) return undefined;
  const { metrics } = objectOf(mapping.inputs.metricsConfig);
  const config = mapping.inputs.metricsConfig;
  const isKnown = config === undefined || config === null || Array.isArray(metrics);
  if (
    !isKnown ||
    (Array.isArray(metrics) && metrics.some((metric) => typeof metric !== "string" || metric === "EventCount"))
  )
    return undefined;
  return {
    problem: `${who} watches ${name} of the mapping ${mapping.name}, which does not publish counts of events.`,
    wayOut: `Set metricsConfig of ${mapping.name} to { metrics: ["EventCount"] }.`,
  };
}

/** Lambda, Kinesis and others keep a physical name from one of these inputs. */
function hasOwnName({ inputs }: Declaration): boolean {
  return typeof inputs.name === "string" || typeof inputs.bucket === "string";
}

/** A value that comes from a resource of another type, or of another program, is not a literal. */
function hasOtherLinks({ by, input }: WatchedMetric): boolean {
  return (by.links.get(input)?.length ?? 0) > 0;
}
