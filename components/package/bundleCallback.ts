/** Makes a Lambda package of an inline callback: serialized by Pulumi, then bundled by esbuild into one file. */

import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as esbuild from "esbuild";
import { captureProblem } from "./captures";
import { programDirectory } from "./programDirectory";

/** What Lambda calls. The parameters are the handler's own to say. */
export type Handler = (event: never, context: never) => unknown;

/** Runs once at cold start. Thin: it captures plain configuration and hooks, and requires the rest inside its body. */
export type HandlerFactory = () => Handler;

/** The largest package, in bytes; a bigger one has captured or required something that it should not. */
export const MAX_PACKAGE_BYTES = 1_000_000;

/**
 * The text of `index.js`, which exports `handler`. The same callback gives the same bytes on every machine and in every
 * directory, or each deployment would replace the function.
 *
 * @param owner for errors: `CallbackFunction "clicks-router"`
 * @throws when the callback captures what cannot be serialized, a secret, or when a `require` does not resolve
 */
export async function bundleCallback(owner: string, factory: HandlerFactory): Promise<string> {
  const code = await bundle(owner, await serialize(owner, factory));
  if (code.length > MAX_PACKAGE_BYTES) {
    throw new pulumi.RunError(
      `${owner}: its package has ${code.length} bytes; at most ${MAX_PACKAGE_BYTES} are allowed.`,
    );
  }
  return code;
}

async function serialize(owner: string, factory: HandlerFactory): Promise<string> {
  const refuseCapture = (value: unknown) => {
    const problem = captureProblem(value);
    if (problem === undefined) return true;
    throw new pulumi.RunError(
      `${owner}: its callback captures ${problem}, which does not survive serialization; make it inside the callback's body, or \`require\` there the module that makes it.`,
    );
  };
  // Asked for as allowed, and refused here, so that the error can say who captured it.
  const { text, containsSecrets } = await pulumi.runtime.serializeFunction(factory, {
    isFactoryFunction: true,
    serialize: refuseCapture,
    allowSecrets: true,
  });
  if (containsSecrets) {
    throw new pulumi.RunError(
      `${owner}: its callback captures a secret, which would lie in the package in clear; pass it by \`environment\`.`,
    );
  }
  return text;
}

async function bundle(owner: string, text: string): Promise<string> {
  const key = `${programDirectory()}\n${text}`;
  const bundled = bundles.get(key) ?? build(text);
  bundles.set(key, bundled);
  try {
    const { outputFiles } = await bundled;
    return outputFiles[0]?.text ?? "";
  } catch (error) {
    bundles.delete(key);
    throw new pulumi.RunError(`${owner}: its callback does not bundle: ${messageOf(error)}`, { cause: error });
  }
}

/** Callbacks require the library's modules by paths from here, wherever their own file lies: `require("../functions/router")`. */
const COMPONENTS = path.dirname(__dirname);

/** Callbacks of the same text share a package: a second lake in a program costs no second build. */
const bundles = new Map<string, ReturnType<typeof build>>();

function build(text: string) {
  return esbuild.build({
    stdin: { contents: text, resolveDir: COMPONENTS, sourcefile: CALLBACK, loader: "js" },
    outfile: "index.js",
    absWorkingDir: path.dirname(COMPONENTS),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node24",
    minify: true,
    legalComments: "none",
    charset: "utf8",
    write: false,
    logLevel: "silent",
    // A tsconfig.json of whoever uses the library must not change the package.
    tsconfigRaw: "{}",
    plugins: [fromProgram],
  });
}

/** The name of the serialized text among the files that are bundled. */
const CALLBACK = "<callback>";

/** What the callback's text requires is looked for beside the library, then beside the program (the user's hooks). */
const fromProgram: esbuild.Plugin = {
  name: "from-program",
  setup(build) {
    build.onResolve({ filter: /.*/ }, async ({ path: specifier, kind, importer, resolveDir, pluginData }) => {
      if (path.basename(importer) !== CALLBACK || pluginData === fromProgram) return undefined;
      const inLibrary = await build.resolve(specifier, { kind, importer, resolveDir, pluginData: fromProgram });
      if (inLibrary.errors.length === 0) return inLibrary;
      return build.resolve(specifier, { kind, importer, resolveDir: programDirectory(), pluginData: fromProgram });
    });
  },
};

function messageOf(error: unknown): string {
  const { errors } = error as Partial<esbuild.BuildFailure>;
  if (!errors) return error instanceof Error ? error.message : String(error);
  return errors
    .map(({ text, location }) => (location ? `${text} (${location.file}:${location.line})` : text))
    .join("; ");
}
