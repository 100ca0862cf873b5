#!/usr/bin/env node

// Writes plugin/schema.json anew, unless that breaks programs in other languages; with --breaking all the same.
const { registerTypeScript } = require("../../../bin/typescript.js");

registerTypeScript();
process.exitCode = require("./acceptSchema.ts").acceptSchema(process.argv.includes("--breaking"));
