/** Finds a Python with PySpark and a Java that Spark supports, to run Glue scripts on this machine. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/** The Spark version of Glue 5.0. */
const PYSPARK_VERSION = "3.5.4";
const JAVA_VERSIONS = [8, 11, 17];

/**
 * The Python with PySpark: `$STREAMLAKE_PYTHON`, else the one that `npm run setup:engines` creates in the
 * working directory, else `python3` on the path.
 *
 * @throws Error that names the missing part and how to install it
 */
export function findSpark(cwd = process.cwd(), env: NodeJS.ProcessEnv = process.env): string {
  const made = path.join(cwd, ".engines", "spark", "bin", "python");
  const python = env.STREAMLAKE_PYTHON ?? (existsSync(made) ? made : "python3");
  const { stdout, status } = spawnSync(python, ["-c", "import pyspark; print(pyspark.__version__)"], {
    encoding: "utf8",
  });
  if (status !== 0) throw missing(`"${python}" has no PySpark; in a checkout: npm run setup:engines, else`);
  const [series] = PYSPARK_VERSION.split(/\.\d+$/);
  if (!stdout.startsWith(`${series}.`)) throw missing(`"${python}" has PySpark ${stdout.trim()};`);
  const java = javaVersion(env);
  if (java === undefined)
    throw new Error(`Spark needs Java ${oneOf()}, and no java runs; install one or set JAVA_HOME`);
  if (!JAVA_VERSIONS.includes(java)) {
    throw new Error(`Spark ${PYSPARK_VERSION} runs on Java ${oneOf()}, found ${java}; set JAVA_HOME to one of those`);
  }
  return python;
}

/** The major version of the Java that Spark would use; undefined if none runs. */
function javaVersion(env: NodeJS.ProcessEnv): number | undefined {
  const java = env.JAVA_HOME ? path.join(env.JAVA_HOME, "bin", "java") : "java";
  const { stderr, status } = spawnSync(java, ["-version"], { encoding: "utf8", env });
  const found = status === 0 ? /version "(?:1\.)?(\d+)/.exec(stderr) : null;
  return found ? Number(found[1]) : undefined;
}

function missing(what: string): Error {
  return new Error(`${what} pip install pyspark==${PYSPARK_VERSION}, and name its python in STREAMLAKE_PYTHON`);
}

function oneOf(): string {
  return `${JAVA_VERSIONS.slice(0, -1).join(", ")} or ${JAVA_VERSIONS.at(-1)}`;
}
