/** The files of the console's page: from the package, or bundled from the sources in a checkout. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { packageDirectory } from "../project/packageDirectory";

export interface Assets {
  readonly "app.js": string;
  readonly "app.css": string;
}

let assets: Assets | undefined;

export function consoleAssets(): Assets {
  assets ??= readAssets(packageDirectory());
  return assets;
}

/** In a checkout, a former build may be stale. */
function readAssets(root: string): Assets {
  const bundler = path.join(root, "console", "bundle.js");
  if (existsSync(bundler)) return (require(bundler) as { bundle(): Assets }).bundle();
  const file = (name: string) => readFileSync(path.join(root, "dist", "console", name), "utf8");
  return { "app.js": file("app.js"), "app.css": file("app.css") };
}

/** The page without data; its script reads them with the token. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Streamlake console</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="app.css">
<script type="module" src="app.js"></script>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript, which it loads from this address alone.</noscript>
</body>
</html>
`;
