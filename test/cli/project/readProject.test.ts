import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readProject } from "../../../cli/project/readProject";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "project-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(path.join(dir, name), text);

test("a project is its name, its main file and its stack's config, with the namespaces that Pulumi gives them", () => {
  write(
    "Pulumi.yaml",
    "name: lake\nruntime: nodejs\nmain: stacks/index.ts\nconfig:\n  region: eu-west-1\n  retries:\n    type: integer\n    default: 3\n",
  );
  write(
    "Pulumi.dev.yaml",
    "config:\n  aws:region: us-east-1\n  lake:deletable: true\n  retries: 5\n  lake:tables:\n    - name: orders\n",
  );
  expect(readProject(dir, "dev")).toEqual({
    name: "lake",
    main: path.join(dir, "stacks/index.ts"),
    config: {
      "lake:region": "eu-west-1",
      "lake:retries": "5",
      "aws:region": "us-east-1",
      "lake:deletable": "true",
      "lake:tables": '[{"name":"orders"}]',
    },
  });
});

test("a stack file without config is an empty config", () => {
  write("Pulumi.yaml", "name: lake\nruntime: nodejs\n");
  write("Pulumi.dev.yaml", "");
  expect(readProject(dir, "dev")).toEqual({ name: "lake", main: dir, config: {} });
});

test("a directory without any stack configuration has the project's defaults, in us-east-1", () => {
  write("Pulumi.yaml", "name: lake\nconfig:\n  retries: 3\n");
  expect(readProject(dir, "dev")).toEqual({
    name: "lake",
    main: dir,
    config: { "aws:region": "us-east-1", "lake:retries": "3" },
    isUnconfigured: true,
  });
  write("Pulumi.yaml", "name: lake\nconfig:\n  aws:region: eu-west-1\n");
  expect(readProject(dir, "prod").config).toEqual({ "aws:region": "eu-west-1" });
});

test.each<[string, Record<string, string>, string]>([
  ["no project", {}, "there is no Pulumi.yaml in DIR; run streamlake in the directory of Pulumi.yaml"],
  [
    "an unknown stack",
    { "Pulumi.yaml": "name: lake", "Pulumi.dev.yaml": "", "Pulumi.prod.yaml": "" },
    "streamlake: there is no Pulumi.test.yaml; --stack is one of dev, prod",
  ],
  [
    "an encrypted value",
    { "Pulumi.yaml": "name: lake", "Pulumi.test.yaml": "config:\n  lake:keys:\n    first:\n      secure: AAABAJ\n" },
    'DIR/Pulumi.test.yaml: lake:keys is encrypted, and local cannot decrypt it; answer it in streamlake.lookups.json: {"config":{"lake:keys":""}}',
  ],
  ["no name", { "Pulumi.yaml": "runtime: nodejs" }, "DIR/Pulumi.yaml: name is missing"],
  ["a list", { "Pulumi.yaml": "- a" }, "DIR/Pulumi.yaml: expected a mapping of names to values"],
])("%s is refused by name", (_, files, message) => {
  for (const [name, text] of Object.entries(files)) write(name, text);
  expect(() => readProject(dir, "test")).toThrow(new Error(message.replaceAll("DIR", dir)));
});

test("encrypted values are replaced by given ones", () => {
  write("Pulumi.yaml", "name: shop");
  write("Pulumi.dev.yaml", "config:\n  password:\n    secure: AAABAJ\n  other:key:\n    secure: AAABAK\n");
  expect(readProject(dir, "dev", { "shop:password": "local", "other:key": "k" }).config).toEqual({
    "shop:password": "local",
    "other:key": "k",
  });
});

test("a directory in place of a stack file is refused by its path", () => {
  write("Pulumi.yaml", "name: lake");
  mkdirSync(path.join(dir, "Pulumi.dev.yaml"));
  expect(() => readProject(dir, "dev")).toThrow(`${dir}/Pulumi.dev.yaml is a directory; it must be a YAML file`);
});

test("YAML that does not parse is told with its file", () => {
  write("Pulumi.yaml", "name: [");
  expect(() => readProject(dir, "dev")).toThrow(`${dir}/Pulumi.yaml: `);
});
