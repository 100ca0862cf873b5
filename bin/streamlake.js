#!/usr/bin/env node

// Starts the command: the compiled one of the package or, in a checkout, the sources themselves, so that nothing stale ever runs.
const fs = require("node:fs");
const path = require("node:path");
const { registerTypeScript } = require("./typescript.js");

const sources = path.join(__dirname, "..", "cli", "main.ts");
registerTypeScript();
require(fs.existsSync(sources) ? sources : "../dist/cli/main.js");
