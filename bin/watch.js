// Starts the child process of `streamlake watch`, which runs the program, as streamlake.js starts the command.
const { loadEntry } = require("./typescript.js");

loadEntry("cli/watch/child/main");
