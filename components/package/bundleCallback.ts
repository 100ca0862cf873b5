/** Makes a Lambda package from an inline callback: Pulumi serializes it, and esbuild bundles it into one file. */

import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as esbuild from "esbuild";
import type { CallbackContext } from "../../lake/callbackContext";
import { captureProblem } from "./captures";
import { packageLines } from "./packageLines";
import { programDirectory } from "./programDirectory";

/** The function that Lambda calls. Each handler declares the types of its parameters. */
export type Handler = (event: never, context: never) => unknown;

/** Runs once at cold start. Thin: it captures plain configuration and hooks, and requires the rest inside its body. */
export type HandlerFactory = (context: CallbackContext) => Handler;

/** The maximum size of a package, in bytes; a larger one has captured or required something by mistake. */
export const MAX_PACKAGE_BYTES = 1_000_000;

/**
 * Returns the source of `index.js`, which exports `handler`. The same callback yields the same bytes on every machine
 * and in every directory; otherwise each deployment would replace the function.
 *
 * @param owner for errors: `CallbackFunction "clicks-router"`
 * @throws when the callback captures a secret or a value that cannot be serialized, or when a `require` does not
 * resolve
 */
export async function bundleCallback(owner: string, factory: () => Handler): Promise<string> {
  const { text, functions } = await serialize(owner, factory);
  const { code, sourceMap } = await bundle(owner, text);
  if (!code.includes(LINES)) return checked(owner, code);
  const lines = packageLines({ callback: text, callbackName: `${NAMESPACE}:${CALLBACK}`, functions }, sourceMap);
  return checked(owner, lines.files.length === 0 ? code : `${code}var ${LINES}=${JSON.stringify(lines)};\n`);
}

/** A package reads the lines of the program's code from this variable (functions/router.ts). */
const LINES = "STREAMLAKE_LINES";

function checked(owner: string, code: string): string {
  if (code.length > MAX_PACKAGE_BYTES) {
    throw new pulumi.RunError(
      `${owner}: its package has ${code.length} bytes; at most ${MAX_PACKAGE_BYTES} are allowed.`,
    );
  }
  return code;
}

type AnyFunction = (...args: never[]) => unknown;

/** Returns the callback's text and all functions in it. */
async function serialize(owner: string, factory: () => Handler): Promise<{ text: string; functions: AnyFunction[] }> {
  const functions: AnyFunction[] = [];
  const refuseCapture = (value: unknown) => {
    if (typeof value === "function") functions.push(value as AnyFunction);
    const problem = captureProblem(value);
    if (problem === undefined) return true;
    throw new pulumi.RunError(
      `${owner}: its callback captures ${problem}, which does not survive serialization; make it inside the callback's body, or \`require\` there the module that makes it.`,
    );
  };
  // Pulumi allows secrets here, and the check below refuses them, so that the error names the owner.
  const { text, containsSecrets } = await pulumi.runtime.serializeFunction(factory, {
    isFactoryFunction: true,
    serialize: refuseCapture,
    allowSecrets: true,
  });
  if (containsSecrets) {
    throw new pulumi.RunError(
      `${owner}: its callback captures a secret, which would lie in the package in clear; read it by the argument \`secrets\`.`,
    );
  }
  return { text, functions };
}

async function bundle(owner: string, text: string): Promise<{ code: string; sourceMap: string }> {
  const directory = programDirectory();
  const key = `${directory}\n${text}`;
  const bundled = bundles.get(key) ?? build({ text, directory });
  bundles.set(key, bundled);
  try {
    const { outputFiles } = await bundled;
    const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
    return { code: textOf(".js"), sourceMap: textOf(".map") };
  } catch (error) {
    bundles.delete(key);
    throw new pulumi.RunError(`${owner}: its callback does not bundle: ${messageOf(error)}`, { cause: error });
  }
}

/** All callbacks require the library's modules by paths from this directory: `../functions/router`. */
const COMPONENTS = path.dirname(__dirname);

/** Callbacks with the same source share a package, so that a second lake in a program needs no second build. */
const bundles = new Map<string, Promise<Bundled>>();

type Bundled = esbuild.BuildResult<{ write: false }>;

/** A serialized callback, and the program's directory. */
interface Callback {
  readonly text: string;
  readonly directory: string;
}

interface Waiting extends Callback {
  readonly resolve: (bundled: Promise<Bundled>) => void;
}

const waiting: Waiting[] = [];
let isBuilding = false;

function build(callback: Callback): Promise<Bundled> {
  return new Promise((resolve) => {
    waiting.push({ ...callback, resolve });
    if (!isBuilding) void buildWaiting();
  });
}

/**
 * Builds one callback after the other in a context of esbuild, which parses the AWS SDK once for all of them. The context
 * keeps the process alive, so it lives no longer than the builds.
 */
async function buildWaiting(): Promise<void> {
  isBuilding = true;
  let callback: Waiting | undefined;
  const context = esbuild.context({
    entryPoints: [CALLBACK],
    outfile: "index.js",
    absWorkingDir: path.dirname(COMPONENTS),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node24",
    minify: true,
    legalComments: "none",
    charset: "utf8",
    // It does not change the code.
    sourcemap: "external",
    sourcesContent: false,
    write: false,
    logLevel: "silent",
    // The tsconfig.json of the user's program must not change the package.
    tsconfigRaw: "{}",
    plugins: [ofCallback(() => callback as Callback)],
  });
  for (callback = waiting.shift(); callback; callback = waiting.shift()) {
    const built = context.then(({ rebuild }) => rebuild());
    callback.resolve(built);
    await built.catch(() => undefined); // Reported by whoever waits for it.
  }
  isBuilding = false;
  await context.then(
    ({ dispose }) => dispose(),
    () => undefined,
  );
}

/** The name of the serialized callback among the bundled files, and the namespace that has it alone. */
const CALLBACK = "<callback>";
const NAMESPACE = "callback";

/**
 * Loads the callback, and resolves its requires in the library, then in the program (for the user's hooks). esbuild asks
 * for the callback's requires only: a question for each import of the AWS SDK takes longer than bundling it.
 */
const ofCallback = (current: () => Callback): esbuild.Plugin => ({
  name: "of-callback",
  setup(build) {
    build.onResolve({ filter: /^<callback>$/ }, () => ({ path: CALLBACK, namespace: NAMESPACE }));
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, () => ({
      contents: current().text,
      resolveDir: COMPONENTS,
      loader: "js",
    }));
    build.onResolve({ filter: /.*/, namespace: NAMESPACE }, async ({ path: specifier, kind, importer, resolveDir }) => {
      const inLibrary = await build.resolve(specifier, { kind, importer, resolveDir });
      if (inLibrary.errors.length === 0) return inLibrary;
      return build.resolve(specifier, { kind, importer, resolveDir: current().directory });
    });
  },
});

function messageOf(error: unknown): string {
  const { errors } = error as Partial<esbuild.BuildFailure>;
  if (!errors) return error instanceof Error ? error.message : String(error);
  return errors
    .map(({ text, location }) => (location ? `${text} (${location.file}:${location.line})` : text))
    .join("; ");
}
