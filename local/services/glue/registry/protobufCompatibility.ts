/**
 * Whether messages written with one Protobuf schema can be read with another: by the rules of
 * https://protobuf.dev/programming-guides/proto2/#updating, which AWS refers to, and what AWS documents of required fields and RPC
 * methods (https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility).
 */
import { Field, type Method, type NamespaceBase, type ReflectionObject, Service, Type } from "protobufjs";
import { messagesByName, type ProtobufSchema } from "../../../../formats/protobuf/schema";
import { fieldProblems, fieldsOf } from "./protobufFields";

/** Why not, one sentence a problem; none where every message of the writer can be read. @throws UndecidedError */
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

/** What Glue does not take: it knows proto2 and proto3, without extensions and groups. */
export function unsupportedProtobuf({ root, messages }: ProtobufSchema): string | undefined {
  const edition = (messages[0] as unknown as { _edition?: string })._edition;
  if (edition !== undefined && !/^proto[23]$/.test(edition)) return `edition ${edition}; use proto2 or proto3`;
  const isUnknown = (one: ReflectionObject) =>
    one instanceof Field || (one instanceof Type && Boolean((one as { group?: boolean }).group || one.extensions));
  const found = everyObject(root).find(isUnknown);
  return found && `a group or an extension ("${nameOf(found)}"), which Glue does not take`;
}

function messageProblems(read: Type, written: Type): string[] {
  const [ours, theirs] = [fieldsOf(read), fieldsOf(written)];
  return [...fieldProblems(nameOf(written), ours, theirs, new Set()), ...oneofProblems(read, written)];
}

/** Fields that could be set side by side may not come to exclude each other. */
function oneofProblems(read: Type, written: Type): string[] {
  return read.oneofsArray.flatMap((oneof) => {
    const earlier = oneof.fieldsArray.map(({ id }) => written.fieldsById[id]).filter((field) => field !== undefined);
    const places = new Set(earlier.map((field) => field.partOf?.name ?? field));
    const isNew = places.size > 1;
    return isNew ? [`${nameOf(written)}.${oneof.name}: joins fields that could be set side by side`] : [];
  });
}

function methodProblems(reader: ReadonlyMap<string, Method>, writer: ReadonlyMap<string, Method>): string[] {
  return [...writer].flatMap(([name, written]) => {
    const read = reader.get(name);
    if (!read) return [`${name}: the RPC method is gone`];
    const isSame = signatureOf(read) === signatureOf(written);
    return isSame ? [] : [`${name}: the RPC method takes or returns other messages`];
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
