#!/usr/bin/env node

// Writes docs/formats/ and docs/components/ anew.
const { registerTypeScript } = require("../../../bin/typescript.js");

registerTypeScript();
require("../../formats/support/pages.ts").writePages();
require("./componentPages/pages.ts")
  .writePages()
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
