/** Compatibility of Protobuf schemas: AWS's own examples, and the rules of protobuf.dev, "Updating A Message Type". */
import { parseProtobufSchema } from "../../../../../formats/protobuf/schema";
import {
  protobufReadProblems,
  unsupportedProtobuf,
} from "../../../../../local/services/glue/registry/protobufCompatibility";

const two = (...fields: string[]) => `syntax = "proto2"; message Person { ${fields.join("; ")}; }`;
const three = (body: string, beside = "") => `syntax = "proto3"; message Person { ${body} } ${beside}`;
const FIRST = "required string first = 1";
const EMAIL = "required string email = 3";
const service = (...methods: string[]) =>
  `syntax = "proto3"; message A {} message B {} service MyService { ${methods.join(" ")} }`;
const FOO = "rpc Foo(A) returns (A);";
const BAR = "rpc Bar(A) returns (A);";

/** What is said, the reader, the writer, the problems. */
test.each<[string, string, string, string[]]>([
  // https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility, "PROTOBUF"
  ["a required field less", two(FIRST), two(FIRST, EMAIL), []],
  ["a required field more", two(FIRST, EMAIL), two(FIRST), ["Person.email: is required and new"]],
  ["an optional field more", two(FIRST, "optional string zip = 4"), two(FIRST), []],
  ["an optional field less", two(FIRST), two(FIRST, "optional string zip = 4"), []],
  ["an RPC method more", service(FOO, BAR), service(FOO), []],
  ["an RPC method less", service(BAR), service(FOO, BAR), ["MyService.Foo: the RPC method is gone"]],
  ["an RPC service less", service(), service(FOO), ["MyService.Foo: the RPC method is gone"]],
  // Required and optional.
  ["an optional field that was required", two("optional string first = 1"), two(FIRST), []],
  [
    "a required field that was optional",
    two(FIRST),
    two("optional string first = 1"),
    ["Person.first: is required, but may be missing"],
  ],
  ["a field of another name", three("string surname = 1;"), three("string last = 1;"), []],
  [
    "a number that is used for another type",
    three("int32 a = 1;"),
    three("string b = 1;"),
    ["Person.a: int32 cannot read string"],
  ],
  // Types that are written alike.
  ["a wider integer", three("int64 n = 1;"), three("int32 n = 1;"), []],
  ["a narrower integer, which is cut", three("int32 n = 1;"), three("int64 n = 1;"), []],
  ["an integer for a boolean", three("uint32 n = 1;"), three("bool n = 1;"), []],
  ["an integer for an enum", three("int32 n = 1;"), three("E n = 1; enum E { A = 0; }"), []],
  [
    "a zigzag integer for a plain one",
    three("sint32 n = 1;"),
    three("int32 n = 1;"),
    ["Person.n: sint32 cannot read int32"],
  ],
  ["a wider zigzag integer", three("sint64 n = 1;"), three("sint32 n = 1;"), []],
  ["a signed fixed integer", three("sfixed32 n = 1;"), three("fixed32 n = 1;"), []],
  [
    "a fixed integer of another width",
    three("fixed64 n = 1;"),
    three("fixed32 n = 1;"),
    ["Person.n: fixed64 cannot read fixed32"],
  ],
  ["a double for a float", three("double n = 1;"), three("float n = 1;"), ["Person.n: double cannot read float"]],
  ["bytes for a text", three("bytes b = 1;"), three("string b = 1;"), []],
  ["bytes for a message", three("bytes b = 1;", "message M {}"), three("M b = 1;", "message M {}"), []],
  // One and many.
  ["many for one", three("repeated string s = 1;"), three("string s = 1;"), []],
  ["one for many texts", three("string s = 1;"), three("repeated string s = 1;"), []],
  ["many for one number", three("repeated int32 n = 1;"), three("int32 n = 1;"), []],
  [
    "one for many packed numbers",
    three("int32 n = 1;"),
    three("repeated int32 n = 1;"),
    ["Person.n: a single value cannot read packed values"],
  ],
  ["one for many numbers by themselves", three("int32 n = 1;"), three("repeated int32 n = 1 [packed = false];"), []],
  [
    "a map for its entries",
    three("map<string, int32> m = 1;"),
    three("repeated E m = 1; message E { string key = 1; int32 value = 2; }"),
    ["Person.E: the message is gone"],
  ],
  [
    "a map of values that are written alike",
    three("map<string, int64> m = 1;"),
    three("map<string, int32> m = 1;"),
    [],
  ],
  [
    "a map of other values",
    three("map<string, string> m = 1;"),
    three("map<string, int32> m = 1;"),
    ["Person.m.value: string cannot read int32"],
  ],
  // Enums.
  ["a value of an enum more", three("E e = 1; enum E { A = 0; B = 1; }"), three("E e = 1; enum E { A = 0; }"), []],
  ["a value of an enum less", three("E e = 1; enum E { A = 0; }"), three("E e = 1; enum E { A = 0; B = 1; }"), []],
  // Oneofs.
  ["one field that joins a new oneof", three("oneof o { int32 a = 1; int32 c = 3; }"), three("int32 a = 1;"), []],
  [
    "two fields that join a new oneof",
    three("oneof o { int32 a = 1; int32 b = 2; }"),
    three("int32 a = 1; int32 b = 2;"),
    ["Person.o: combines fields that could be set together"],
  ],
  [
    "a field that joins a oneof that there was",
    three("oneof o { int32 a = 1; int32 b = 2; }"),
    three("oneof o { int32 a = 1; } optional int32 b = 2;"),
    ["Person.o: combines fields that could be set together"],
  ],
  [
    "a field that leaves a oneof",
    three("oneof o { int32 a = 1; } int32 b = 2;"),
    three("oneof o { int32 a = 1; int32 b = 2; }"),
    [],
  ],
  // Messages.
  ["a message more", three("", "message More {}"), three(""), []],
  ["a message less", three(""), three("", "message More {}"), ["More: the message is gone"]],
  [
    "a message in another package",
    `syntax = "proto3"; package a; message M {}`,
    `syntax = "proto3"; package b; message M {}`,
    ["b.M: the message is gone"],
  ],
  [
    "a message inside another, with a field of another type",
    three("Inner i = 1; message Inner { string s = 1; }"),
    three("Inner i = 1; message Inner { int32 s = 1; }"),
    ["Person.Inner.s: string cannot read int32"],
  ],
  [
    "a field of another message of the same fields",
    three("B m = 1;", "message A { int32 n = 1; } message B { int64 n = 1; }"),
    three("A m = 1;", "message A { int32 n = 1; } message B { int64 n = 1; }"),
    [],
  ],
  [
    "a field of another message of other fields",
    three("B m = 1;", "message A { int32 n = 1; } message B { string n = 1; }"),
    three("A m = 1;", "message A { int32 n = 1; } message B { string n = 1; }"),
    ["Person.m.n: string cannot read int32"],
  ],
  [
    "a message for a scalar",
    three("M m = 1;", "message M {}"),
    three("int32 m = 1;", "message M {}"),
    ["Person.m: message cannot read int32"],
  ],
  [
    "messages that hold themselves",
    three("B m = 1;", "message A { A a = 1; } message B { B a = 1; }"),
    three("A m = 1;", "message A { A a = 1; } message B { B a = 1; }"),
    [],
  ],
  [
    "an RPC method of another answer",
    service("rpc Foo(A) returns (stream A);"),
    service(FOO),
    ["MyService.Foo: the RPC method has another request or response type"],
  ],
])("%s", (_, reader, writer, problems) => {
  expect(protobufReadProblems(parseProtobufSchema(reader), parseProtobufSchema(writer))).toEqual(problems);
});

test.each([
  ["string", three("string b = 1;")],
  ["message", three("M b = 1; message M {}")],
])("a %s for bytes cannot be decided, and is refused by name", (type, reader) => {
  const writer = reader.replace(/(string|M) b/, "bytes b");
  expect(() => protobufReadProblems(parseProtobufSchema(reader), parseProtobufSchema(writer))).toThrow(
    `Person.b: cannot decide whether all bytes are a valid ${type}`,
  );
});

test.each<[string, string | undefined]>([
  [two("optional group G = 2 { }"), 'a group or an extension ("Person.G"), which Glue does not support'],
  [two("extensions 100 to 199"), 'a group or an extension ("Person"), which Glue does not support'],
  ['edition = "2023"; message M {}', "edition 2023; use proto2 or proto3"],
  [three("string s = 1;"), undefined],
  ["message M { optional int32 n = 1; }", undefined],
])("%s is taken, or refused by what it has", (proto, problem) => {
  expect(unsupportedProtobuf(parseProtobufSchema(proto))).toBe(problem);
});
