// Starts the policy pack for Pulumi: the compiled files in the package, or the sources in a checkout.
const fs = require("node:fs");
const path = require("node:path");

const sources = path.join(__dirname, "pack.ts");
// Pulumi reads the pack's version from package.json in the working directory, so enter the library's own.
process.chdir(path.join(__dirname, ".."));
if (fs.existsSync(sources)) require("../bin/typescript.js").registerTypeScript();
require(fs.existsSync(sources) ? sources : "../dist/policy/pack.js");
