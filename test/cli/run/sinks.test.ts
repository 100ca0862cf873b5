/** The sinks of a program are found in its resources, by the names of their components. */
import { IngestApi, ServingTable, StreamIngest } from "streamlake";
import { sinksOf } from "../../../cli/run/sinks";
import { start, stopAll } from "../../local/support/start";

afterAll(stopAll);

test("serving tables and HTTP entries are sinks; other functions on the stream and other APIs are not", async () => {
  const cloud = await start(() => {
    const stream = new StreamIngest("in");
    const customers = new ServingTable("customers", { stream });
    const api = new IngestApi("api", { stream });
    return { stream: stream.streamName, table: customers.tableName, url: api.url };
  });
  const functionNamed = (name: string) =>
    String(
      cloud.resources.find((one) => one.type === "aws:lambda/function:Function" && one.name.startsWith(name))?.outputs
        .arn,
    );
  expect(sinksOf(cloud.resources)).toEqual([
    {
      kind: "entry",
      name: "api",
      api: expect.stringMatching(/^[0-9a-z]+$/),
      url: cloud.outputs.url,
      functionArn: functionNamed("api"),
      stream: cloud.outputs.stream,
    },
    {
      kind: "view",
      name: "customers",
      table: cloud.outputs.table,
      functionArn: functionNamed("customers"),
      functionName: functionNamed("customers").split(":").at(-1),
      streamArn: expect.stringMatching(/:stream\//),
      failedBucket: expect.stringMatching(/^customers-fold-/),
    },
  ]);
});
