import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { FREE_TYPES, MODELS } from "../../../../cli/cost/models/byType";

const PAGES = path.join(__dirname, "../../../../docs/components");

test("every type that a component declares has a model of its cost, or is free", () => {
  const pages = readdirSync(PAGES).map((file) => readFileSync(path.join(PAGES, file), "utf8"));
  const types = new Set(
    pages.flatMap((page) => [...page.matchAll(/`(aws:[a-z0-9]+\/\w+:\w+)`/g)].map(([, type]) => type)),
  );
  expect(types.size).toBeGreaterThan(25);
  const known = [...Object.keys(MODELS), ...FREE_TYPES];
  expect([...types].filter((type) => !known.includes(type as string))).toEqual([]);
});

test("no type has a model and is free", () => {
  expect(FREE_TYPES.filter((type) => Object.hasOwn(MODELS, type))).toEqual([]);
});
