// Enables `require` to load TypeScript: the sources of a checkout, and programs whose main file is TypeScript.
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const { transpiled } = require("./transpiled.js");

const ROOMS = ["formats", "lake", "functions", "components", "local", "cli", "console", "lint", "plugin", "policy"].map(
  (room) => path.join(__dirname, "..", room) + path.sep,
);

/** Matches files with callbacks. Pulumi serializes a callback as text, which must equal the output of its own host. */
const CALLBACK = /\brequire\("\.\.\/functions\//;

function registerTypeScript() {
  require.extensions[".ts"] = (module, fileName) => {
    const text = fs.readFileSync(fileName, "utf8");
    const isOwn = ROOMS.some((room) => fileName.startsWith(room)) && !CALLBACK.test(text);
    module._compile((isOwn ? transpileOwn : transpileProgram)(text, fileName), fileName);
  };
}

/** Transpiles the library's own files, some hundreds: esbuild is twenty times as fast as the compiler. */
function transpileOwn(text, fileName) {
  const options = { loader: "ts", format: "cjs", target: "es2022", sourcemap: "inline", sourcesContent: false };
  return transpiled(["esbuild", esbuildVersion(), options], fileName, text, () => {
    const { transformSync } = require("esbuild");
    return transformSync(text, { sourcefile: fileName, ...options }).code;
  });
}

/**
 * Transpiles a program, or a component with a callback, like Pulumi's own Node.js host, so that a callback has the same
 * text under both. Types are not checked.
 *
 * @throws SyntaxError where the text does not parse; its stack begins with the file and line, as V8's does
 */
function transpileProgram(text, fileName) {
  const options = { target: "es2022", module: "commonjs", esModuleInterop: true, inlineSourceMap: true };
  return transpiled(["typescript", compilerVersion(), options], fileName, text, () => compile(text, fileName, options));
}

function compile(text, fileName, compilerOptions) {
  const compiler = loadCompiler();
  const { outputText, diagnostics } = compiler.transpileModule(text, {
    fileName,
    reportDiagnostics: true,
    compilerOptions,
  });
  const problem = diagnostics.find(({ category }) => category === compiler.DiagnosticCategory.Error);
  if (problem) throw syntaxError(compiler, problem, fileName);
  return outputText;
}

function syntaxError(compiler, { file, start, messageText }, fileName) {
  const message = compiler.flattenDiagnosticMessageText(messageText, " ");
  const line = file === undefined ? 1 : file.getLineAndCharacterOfPosition(start).line + 1;
  const error = new SyntaxError(message);
  error.stack = `${fileName}:${line}\n\nSyntaxError: ${message}`;
  return error;
}

/** A compiler takes a third of a second to load: it is left alone while there is nothing to transpile. */
const loadCompiler = once(() => ofCompiler("typescript"));

const compilerVersion = once(() => ofCompiler("typescript/package.json").version);

const esbuildVersion = once(() => require("esbuild/package.json").version);

/** The program's own compiler, or else the library's. */
function ofCompiler(specifier) {
  for (const from of [path.join(process.cwd(), "package.json"), __filename]) {
    try {
      return Module.createRequire(from)(specifier);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new Error('the program is TypeScript, but the package "typescript" (below 7) is not installed beside it');
}

function once(read) {
  let value;
  return () => {
    value ??= read();
    return value;
  };
}

/** Loads an entry, `"cli/main"`: from the sources in a checkout, so that no build is stale, or from the package. */
function loadEntry(name) {
  registerTypeScript();
  const source = path.join(__dirname, "..", `${name}.ts`);
  const isCheckout = fs.existsSync(source);
  if (isCheckout) resolveToSources();
  require(isCheckout ? source : `../dist/${name}.js`);
}

/** In a checkout, the examples import the library by its name; they get its sources, so that they need no build. */
function resolveToSources() {
  const root = path.join(__dirname, "..");
  const built = path.join(root, "dist") + path.sep;
  const { _resolveFilename: resolve } = Module;
  Module._resolveFilename = (request, ...rest) => {
    if (!/^streamlake(\/|$)/.test(request)) return resolve.call(Module, request, ...rest);
    const { exports } = require("../package.json");
    const target = exports[`.${request.slice("streamlake".length)}`]?.default;
    const [parent] = rest;
    if (target === undefined || !parent?.filename?.startsWith(root + path.sep))
      return resolve.call(Module, request, ...rest);
    return path.join(root, path.relative(built, path.join(root, target)).replace(/\.js$/, ".ts"));
  };
}

module.exports = { loadEntry, registerTypeScript };
