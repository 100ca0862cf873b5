/** Changes of a schema: those that break programs are told apart from those that break none. */
import type { PackageSchema } from "../../../plugin/packageSchema";
import { schemaBreaks } from "../support/schemaBreaks";

const BEFORE: PackageSchema = {
  name: "streamlake",
  version: "0.1.0",
  resources: {
    "streamlake:index:Lake": {
      inputProperties: {
        tables: { type: "array", items: { type: "string", plain: true }, plain: true },
        keyArn: { type: "string" },
        kind: { $ref: "#/types/streamlake:index:Kind", plain: true },
        stream: { $ref: "#/resources/streamlake:index:Stream" },
        zones: { type: "array", items: { type: "string" } },
        tags: { type: "object", additionalProperties: { type: "array", items: { type: "string" } } },
      },
      requiredInputs: ["tables"],
      properties: { bucket: { type: "string" }, topic: { type: "string" } },
      required: ["bucket"],
    },
    "streamlake:index:Stream": {},
  },
  types: {
    "streamlake:index:Kind": {
      enum: [
        { name: "Small", value: "small" },
        { name: "Large", value: "large" },
      ],
    },
    "streamlake:index:Column": {
      properties: { name: { type: "string" }, note: { type: "string" } },
      required: ["name"],
    },
  },
};

/** The schema after a change of a copy. */
function after(change: (schema: Changed) => void): PackageSchema {
  const copy = structuredClone(BEFORE) as unknown as Changed;
  change(copy);
  return copy as unknown as PackageSchema;
}

interface Changed {
  name: string;
  version: string;
  resources: Record<string, Record<string, never> & Component>;
  types: Record<string, Component & { enum: { name: string; value: string }[] }>;
}

interface Component {
  inputProperties: Record<string, object>;
  requiredInputs: string[];
  properties: Record<string, object>;
  required: string[];
}

const lake = ({ resources }: Changed) => resources["streamlake:index:Lake"] as Component;
const kind = ({ types }: Changed) => types["streamlake:index:Kind"] as Changed["types"][string];
const column = ({ types }: Changed) => types["streamlake:index:Column"] as Component;

const breaking: [string, (schema: Changed) => void, string[]][] = [
  [
    "the package is renamed",
    (schema) => Object.assign(schema, { name: "lakes" }),
    ["package streamlake is named lakes"],
  ],
  [
    "a component is removed",
    ({ resources }) => delete resources["streamlake:index:Stream"],
    ["component Stream is removed"],
  ],
  [
    "an input is removed",
    (schema) => delete lake(schema).inputProperties.keyArn,
    ['input of component Lake "keyArn" is removed'],
  ],
  [
    "an input becomes required",
    (schema) => lake(schema).requiredInputs.push("keyArn"),
    ['input of component Lake "keyArn" is required now'],
  ],
  [
    "a required input is added",
    (schema) => {
      lake(schema).inputProperties.region = { type: "string" };
      lake(schema).requiredInputs.push("region");
    },
    ['input of component Lake "region" is required now'],
  ],
  [
    "an input has another type",
    (schema) => Object.assign(lake(schema).inputProperties, { keyArn: { type: "integer" } }),
    ['input of component Lake "keyArn" is integer instead of string'],
  ],
  [
    "the elements of an input have another type",
    (schema) => Object.assign(lake(schema).inputProperties, { tables: { items: { type: "integer" }, plain: true } }),
    ['input of component Lake "tables" is array of integer instead of array of string'],
  ],
  [
    "an input that was a component is a map",
    (schema) => Object.assign(lake(schema).inputProperties, { stream: { additionalProperties: { type: "string" } } }),
    ['input of component Lake "stream" is map of string instead of component Stream'],
  ],
  [
    "an input no longer takes outputs",
    (schema) => Object.assign(lake(schema).inputProperties, { keyArn: { type: "string", plain: true } }),
    ['input of component Lake "keyArn" takes plain values alone, and took outputs of resources'],
  ],
  [
    "the elements of an input no longer take outputs",
    (schema) =>
      Object.assign(lake(schema).inputProperties, { zones: { type: "array", items: { type: "string", plain: true } } }),
    ['element of input of component Lake "zones" takes plain values alone, and took outputs of resources'],
  ],
  [
    "the elements of the values of an input no longer take outputs",
    (schema) =>
      Object.assign(lake(schema).inputProperties, {
        tags: { type: "object", additionalProperties: { type: "array", items: { type: "string", plain: true } } },
      }),
    ['element of value of input of component Lake "tags" takes plain values alone, and took outputs of resources'],
  ],
  [
    "the values of an input no longer take outputs",
    (schema) =>
      Object.assign(lake(schema).inputProperties, {
        tags: { type: "object", additionalProperties: { type: "array", items: { type: "string" }, plain: true } },
      }),
    ['value of input of component Lake "tags" takes plain values alone, and took outputs of resources'],
  ],
  [
    "an output is removed",
    (schema) => delete lake(schema).properties.topic,
    ['output of component Lake "topic" is removed'],
  ],
  [
    "an output may be missing",
    (schema) => lake(schema).required.pop(),
    ['output of component Lake "bucket" may be missing now'],
  ],
  [
    "an output has another type",
    (schema) => Object.assign(lake(schema).properties, { bucket: { type: "object" } }),
    ['output of component Lake "bucket" is object instead of string'],
  ],
  ["a type is removed", ({ types }) => delete types["streamlake:index:Column"], ["type Column is removed"]],
  [
    "a property of a type is removed",
    (schema) => delete column(schema).properties.note,
    ['property of type Column: "note" is removed'],
  ],
  [
    "a property of a type becomes required",
    (schema) => column(schema).required.push("note"),
    ['property of type Column: "note" is required now'],
  ],
  [
    "a value of an enumeration is removed",
    (schema) => kind(schema).enum.pop(),
    ['value "large" of type Kind is removed'],
  ],
  [
    "a value of an enumeration is renamed",
    (schema) => Object.assign(kind(schema).enum[0] ?? {}, { name: "Little" }),
    ["value Small of type Kind is named Little"],
  ],
];

test.each(breaking)("it breaks programs that %s", (_, change, breaks) => {
  expect(schemaBreaks(BEFORE, after(change))).toEqual(breaks);
});

const harmless: [string, (schema: Changed) => void][] = [
  ["nothing is changed", () => undefined],
  ["the version is another", (schema) => Object.assign(schema, { version: "0.2.0" })],
  ["a component is added", ({ resources }) => Object.assign(resources, { "streamlake:index:New": {} })],
  [
    "an optional input is added",
    (schema) => Object.assign(lake(schema).inputProperties, { days: { type: "integer" } }),
  ],
  ["an input is no longer required", (schema) => lake(schema).requiredInputs.pop()],
  [
    "an input takes outputs as well",
    (schema) => Object.assign(lake(schema).inputProperties, { kind: { $ref: "#/types/streamlake:index:Kind" } }),
  ],
  [
    "the elements of an input take outputs as well",
    (schema) => Object.assign(lake(schema).inputProperties, { tables: { type: "array", items: { type: "string" } } }),
  ],
  ["an output is added", (schema) => Object.assign(lake(schema).properties, { arn: { type: "string" } })],
  ["an output is always there", (schema) => lake(schema).required.push("topic")],
  ["a description changes", (schema) => Object.assign(lake(schema).properties.bucket ?? {}, { description: "It." })],
  ["a type is added", ({ types }) => Object.assign(types, { "streamlake:index:New": { properties: {} } })],
  ["a value of an enumeration is added", (schema) => kind(schema).enum.push({ name: "Huge", value: "huge" })],
];

test.each(harmless)("it breaks nothing that %s", (_, change) => {
  expect(schemaBreaks(BEFORE, after(change))).toEqual([]);
});
