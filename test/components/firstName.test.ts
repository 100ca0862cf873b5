/** Names that outlive a renaming. */
import * as pulumi from "@pulumi/pulumi";
import { firstName } from "../../components/firstName";

const URN = "urn:pulumi:dev::shop::streamlake:index:DataLake::data::of:shop";

const cases: [string, pulumi.ComponentResourceOptions | undefined, string][] = [
  ["without options", undefined, "lake"],
  ["without aliases", { protect: true }, "lake"],
  ["renamed", { aliases: [{ name: "data" }] }, "data"],
  ["renamed twice, the first name last", { aliases: [{ name: "store" }, { name: "data" }] }, "data"],
  ["by URN", { aliases: [URN] }, "data::of:shop"],
  ["moved, not renamed", { aliases: [{ name: "data" }, { parent: pulumi.rootStackResource }] }, "data"],
  ["an alias that is not known yet", { aliases: [pulumi.output(URN)] }, "lake"],
];

test.each(cases)("%s", (_case, opts, expected) => {
  expect(firstName("lake", opts)).toBe(expected);
});
