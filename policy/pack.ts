/** The pack that Pulumi's engine runs: every control, mandatory unless configured otherwise. */
import { PolicyPack } from "@pulumi/policy";
import { controls } from "./controls";

new PolicyPack("streamlake", { policies: controls, enforcementLevel: "mandatory" });
