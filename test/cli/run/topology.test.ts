import { type TopologyResource, topology } from "../../../cli/run/topology";

const component = (name: string, type: string, parent?: string): TopologyResource => ({
  urn: name,
  name,
  type: `streamlake:index:${type}`,
  id: "",
  simulated: false,
  ...(parent && { parent }),
});
const resource = (name: string, type: string, parent?: string, simulated = true): TopologyResource => ({
  urn: name,
  name,
  type: `aws:${type}`,
  id: name,
  simulated,
  ...(parent && { parent }),
});

test("components stand with what they declared, types counted, at any depth", () => {
  const lines = topology(
    [
      component("lake", "DataLake"),
      resource("lake-a", "s3/bucket:Bucket", "lake"),
      resource("lake-b", "s3/bucket:Bucket", "lake"),
      resource("lake-alarm", "cloudwatch/metricAlarm:MetricAlarm", "lake", false),
      component("router", "FormatRouter"),
      component("router-router", "CallbackFunction", "router"),
      resource("router-function", "lambda/function:Function", "router-router"),
      resource("router-mapping", "lambda/eventSourceMapping:EventSourceMapping", "router"),
      resource("topic", "sns/topic:Topic", "urn:pulumi:dev::lake::pulumi:pulumi:Stack::lake-dev"),
    ],
    60,
  );
  expect(lines).toEqual([
    "3 components, 6 resources",
    "   sns Topic",
    "├─ DataLake lake",
    "│     s3 Bucket ×2, cloudwatch MetricAlarm (declared only)",
    "└─ FormatRouter router",
    "   │  lambda EventSourceMapping",
    "   └─ CallbackFunction router-router",
    "         lambda Function",
  ]);
});

test("long lists go on as many lines as the terminal's width asks for", () => {
  const lines = topology(
    [
      component("lake", "DataLake"),
      ...["a", "b", "c", "d"].map((name) => resource(name, `s3/${name}:Bucket${name}`, "lake")),
    ],
    29,
  );
  expect(lines.slice(2)).toEqual(["      s3 Bucketa, s3 Bucketb,", "      s3 Bucketc, s3 Bucketd"]);
});
