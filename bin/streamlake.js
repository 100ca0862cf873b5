#!/usr/bin/env node

// Starts the `streamlake` command.
const { loadEntry } = require("./typescript.js");

loadEntry("cli/main");
