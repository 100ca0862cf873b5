/** The schema as Pulumi's CLI reads it from the installed library: the one under version control. */

import { committedSchema } from "../../plugin/support/generatedSchema";
import { createEngine, type Engine } from "../pulumi/engine";
import { type InstalledLibrary, installLibrary } from "./installedLibrary";

let library: InstalledLibrary;
let engine: Engine;
beforeAll(async () => {
  library = installLibrary();
  engine = await createEngine({ project: library.program("yaml"), stack: "dev" });
});
afterAll(() => {
  engine?.remove();
  library?.remove();
});

test.each(["plugin", "plugin/pulumi-resource-streamlake"])("pulumi package get-schema %s", async (source) => {
  const { code, stdout, stderr } = await engine.cli("package", "get-schema", source.replace("plugin", library.plugin));
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual(committedSchema());
});
