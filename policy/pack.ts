/** The pack that Pulumi's engine runs: every control, mandatory unless configured otherwise, and warnings of contradictions. */
import { PolicyPack } from "@pulumi/policy";
import { contradictions, controls } from "./controls";

new PolicyPack("streamlake", { policies: [...controls, ...contradictions], enforcementLevel: "mandatory" });
