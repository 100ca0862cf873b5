/** Messages of hooks' errors: kept on AWS only where the program asks for them. */
import { DataLake, FormatRouter, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";

const environment = { LAKE_BUCKET: "lake-lake", STREAM_NAME: "in-stream" };

test.each<[boolean | undefined, Record<string, string>]>([
  [undefined, environment],
  [false, { ...environment, EXPOSE_HOOK_ERRORS: "false" }],
  [true, { ...environment, EXPOSE_HOOK_ERRORS: "true" }],
])("exposeHookErrors %p is a variable of the function", async (exposeHookErrors, variables) => {
  const declared = await declare(() => {
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    new FormatRouter("clicks", { stream, lake, exposeHookErrors });
  });
  expect(declared.one("clicks-router-function").inputs.environment).toEqual({ variables });
});
