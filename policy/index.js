// Starts the policy pack for Pulumi: the compiled one of the package or, in a checkout, the sources themselves.
const fs = require("node:fs");
const path = require("node:path");

const sources = path.join(__dirname, "pack.ts");
// The pack takes its version from the package.json of the working directory, which can be any project's.
process.chdir(path.join(__dirname, ".."));
if (fs.existsSync(sources)) require("../bin/typescript.js").registerTypeScript();
require(fs.existsSync(sources) ? sources : "../dist/policy/pack.js");
