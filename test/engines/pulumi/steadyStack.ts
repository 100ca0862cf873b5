/** The beginning of a stack that the tests of all components share: it is as previewed, and nothing changes by itself. */
import { touched } from "./eventLog";
import type { StackOnLocalAws } from "./shippedStack";

/** @returns the steps of the first update; a second one changes nothing */
export async function expectSteadyUp({ engine }: StackOnLocalAws): Promise<string[]> {
  const previewed = await engine.preview();
  expect(previewed).toMatchObject({ code: 0, errors: [], warnings: [] });
  const up = await engine.up();
  expect(up).toMatchObject({ code: 0, errors: [], warnings: [] });
  expect(touched(up).sort()).toEqual(touched(previewed).sort());
  const again = await engine.up();
  expect(again).toMatchObject({ code: 0, errors: [], warnings: [] });
  expect(touched(again)).toEqual([]);
  return touched(up);
}

export async function expectSteadyRefresh({ engine }: StackOnLocalAws): Promise<void> {
  const refreshed = await engine.refresh("--expect-no-changes");
  expect(refreshed).toMatchObject({ code: 0, errors: [] });
  expect(Object.keys(refreshed.changes)).toEqual(["same"]);
}
