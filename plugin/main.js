// Starts the provider of components: the compiled one of the package or, in a checkout, the sources themselves.
const fs = require("node:fs");
const path = require("node:path");
const { registerTypeScript } = require("../bin/typescript.js");

const sources = path.join(__dirname, "serve.ts");
registerTypeScript();
const { serve } = require(fs.existsSync(sources) ? sources : "../dist/plugin/serve.js");
serve(__dirname, process.argv.slice(2));
