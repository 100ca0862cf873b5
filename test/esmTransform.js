/** ES modules of packages as CommonJS, which is what the tests load: Jest does not load them by `require`. */
const { transformSync } = require("esbuild");

module.exports = {
  process: (text, fileName) => ({
    code: transformSync(text, { sourcefile: fileName, format: "cjs", target: "node20" }).code,
  }),
};
