/**
 * Decides whether messages written with one Protobuf schema can be read with another, by the rules of
 * https://protobuf.dev/programming-guides/proto2/#updating, which AWS refers to, and AWS's rules for required fields and RPC
 * methods (https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility).
 */
import { Field, type Method, type NamespaceBase, type ReflectionObject, Service, Type } from "protobufjs";
import { messagesByName, type ProtobufSchema } from "../../../../formats/protobuf/schema";
import { fieldProblems, fieldsOf } from "./protobufFields";

/** Lists the reasons why the reader cannot read the writer's messages; empty if it can. @throws UndecidedError */
export function protobufReadProblems(reader: ProtobufSchema, writer: ProtobufSchema): string[] {
  const known = new Map(messagesByName(reader).map((message) => [message.fullName, message]));
  return [
    ...messagesByName(writer).flatMap((written) => {
      const read = known.get(written.fullName);
      // A record may be any message of its schema.
      return read ? messageProblems(read, written) : [`${nameOf(written)}: the message is gone`];
    }),
    ...methodProblems(methodsOf(reader), methodsOf(writer)),
  ];
}

/** The part of a schema that Glue does not support: it accepts proto2 and proto3 without extensions and groups. */
export function unsupportedProtobuf({ root, messages }: ProtobufSchema): string | undefined {
  const edition = (messages[0] as unknown as { _edition?: string })._edition;
  if (edition !== undefined && !/^proto[23]$/.test(edition)) return `edition ${edition}; use proto2 or proto3`;
  const isUnknown = (one: ReflectionObject) =>
    one instanceof Field || (one instanceof Type && Boolean((one as { group?: boolean }).group || one.extensions));
  const found = everyObject(root).find(isUnknown);
  return found && `a group or an extension ("${nameOf(found)}"), which Glue does not support`;
}

function messageProblems(read: Type, written: Type): string[] {
  const [ours, theirs] = [fieldsOf(read), fieldsOf(written)];
  return [...fieldProblems(nameOf(written), ours, theirs, new Set()), ...oneofProblems(read, written)];
}

/** Fields that could be set together must not become alternatives of one oneof. */
function oneofProblems(read: Type, written: Type): string[] {
  return read.oneofsArray.flatMap((oneof) => {
    const earlier = oneof.fieldsArray.map(({ id }) => written.fieldsById[id]).filter((field) => field !== undefined);
    const places = new Set(earlier.map((field) => field.partOf?.name ?? field));
    const isNew = places.size > 1;
    return isNew ? [`${nameOf(written)}.${oneof.name}: combines fields that could be set together`] : [];
  });
}

function methodProblems(reader: ReadonlyMap<string, Method>, writer: ReadonlyMap<string, Method>): string[] {
  return [...writer].flatMap(([name, written]) => {
    const read = reader.get(name);
    if (!read) return [`${name}: the RPC method is gone`];
    const isSame = signatureOf(read) === signatureOf(written);
    return isSame ? [] : [`${name}: the RPC method has another request or response type`];
  });
}

function signatureOf(method: Method): string {
  const { requestStream, responseStream, resolvedRequestType, resolvedResponseType } = method;
  const types = [resolvedRequestType?.fullName, resolvedResponseType?.fullName];
  return JSON.stringify([...types, Boolean(requestStream), Boolean(responseStream)]);
}

function methodsOf({ root }: ProtobufSchema): Map<string, Method> {
  const services = everyObject(root).filter((one): one is Service => one instanceof Service);
  const methods = services.flatMap((service) => service.methodsArray);
  return new Map(methods.map((method) => [nameOf(method), method]));
}

function everyObject(namespace: NamespaceBase): ReflectionObject[] {
  return namespace.nestedArray.flatMap((one) => [
    one,
    ...("nestedArray" in one ? everyObject(one as NamespaceBase) : []),
  ]);
}

function nameOf({ fullName }: ReflectionObject): string {
  return fullName.replace(/^\./, "");
}
