/** How component tests read what was declared: names and types as lines, policies as statements, packages as text. */
import type { Declared, DeclaredResource } from "streamlake/testing";

/** `"aws:kinesis/stream:Stream clicks-stream"`, sorted. */
export function listed({ resources }: Declared): string[] {
  return resources.map(({ type, name }) => `${type} ${name}`).sort();
}

/** The statements of a role policy. */
export function statements(resource: DeclaredResource): unknown[] {
  return JSON.parse(resource.inputs.policy).Statement;
}

/** The text of a function's only file. */
export async function packageOf(resource: DeclaredResource): Promise<string> {
  const assets = await resource.inputs.code.assets;
  expect(Object.keys(assets)).toEqual(["index.js"]);
  return (await assets["index.js"]).text;
}
