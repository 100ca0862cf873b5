// Bundles the console's pages: for `npm run build` into dist/console/, in a checkout at each start of a console.
const fs = require("node:fs");
const path = require("node:path");
const { buildSync } = require("esbuild");

/** Packages inside the bundle; their licences go with it. */
const BUNDLED = ["preact", "uplot"];

function bundle() {
  const { outputFiles } = buildSync({
    entryPoints: { app: path.join(__dirname, "main.tsx") },
    absWorkingDir: __dirname,
    tsconfig: path.join(__dirname, "tsconfig.json"),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    outdir: "/console",
    write: false,
  });
  return Object.fromEntries(outputFiles.map((file) => [path.basename(file.path), file.text]));
}

function licences() {
  const texts = BUNDLED.map((name) => {
    const folder = path.dirname(require.resolve(`${name}/package.json`));
    return `${name}\n\n${fs.readFileSync(path.join(folder, "LICENSE"), "utf8").trim()}\n`;
  });
  return texts.join("\n\n");
}

if (require.main === module) {
  const folder = path.join(__dirname, "../dist/console");
  fs.mkdirSync(folder, { recursive: true });
  const files = { ...bundle(), "LICENSES.txt": licences() };
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
}

module.exports = { bundle };
