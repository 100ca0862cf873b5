/** The pages of docs/formats/ are what the sources and fixtures make of them today; `npm run docs` makes them anew. */
import { FORMATS } from "../../../formats/registry";
import { pages, writtenPages } from "../support/pages";

test("every page is current", () => {
  expect(writtenPages()).toEqual(pages());
});

test("every format has a page that says how it is recognised and shows an example", () => {
  const made = pages();
  for (const name of Object.keys(FORMATS)) {
    expect(made[`${name}.md`]).toMatch(/## How it is recognised, and what becomes of it\n\nClaims/);
    expect(made[`${name}.md`]).toContain("## An example");
  }
});
