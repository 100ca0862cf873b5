#!/usr/bin/env node

// Writes docs/formats/ anew.
const { registerTypeScript } = require("../../../bin/typescript.js");

registerTypeScript();
require("./pages.ts").writePages();
