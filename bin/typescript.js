// Lets `require` load TypeScript: the sources of a checkout, and programs whose main file is TypeScript.
// It transpiles as Pulumi's own Node.js host does, without type checks, so that a callback has the same text in both.
const fs = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");

function loadCompiler() {
  for (const from of [path.join(process.cwd(), "package.json"), __filename]) {
    try {
      return createRequire(from)("typescript");
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new Error('the program is TypeScript, but the package "typescript" (below 7) is not installed beside it');
}

function registerTypeScript() {
  let compiler;
  require.extensions[".ts"] = (module, fileName) => {
    compiler ??= loadCompiler();
    const { outputText } = compiler.transpileModule(fs.readFileSync(fileName, "utf8"), {
      fileName,
      compilerOptions: {
        target: compiler.ScriptTarget.ES2022,
        module: compiler.ModuleKind.CommonJS,
        esModuleInterop: true,
        inlineSourceMap: true,
      },
    });
    module._compile(outputText, fileName);
  };
}

module.exports = { registerTypeScript };
