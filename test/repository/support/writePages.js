#!/usr/bin/env node

// Writes docs/formats/, docs/components/ and docs/guides/prices.md anew.
const { registerTypeScript } = require("../../../bin/typescript.js");

registerTypeScript();
require("../../formats/support/pages.ts").writePages();
require("../../cli/support/pricesPage.ts").writePricesPage();
require("./componentPages/pages.ts")
  .writePages()
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
