#!/usr/bin/env node

// Starts the `streamlake` command: from the sources in a checkout, so that no build is stale, or from the package.
const fs = require("node:fs");
const path = require("node:path");
const { registerTypeScript } = require("./typescript.js");

const sources = path.join(__dirname, "..", "cli", "main.ts");
registerTypeScript();
require(fs.existsSync(sources) ? sources : "../dist/cli/main.js");
