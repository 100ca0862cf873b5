/** Cases of the controls over Redshift and Redshift Serverless. */
import type { ControlCases } from "./controlCase";
import type { Resource } from "./runningPack";

const cluster = (props: object = {}): Resource => ({
  type: "aws:redshift/cluster:Cluster",
  name: "w",
  props: { id: "w-1", clusterIdentifier: "w-1", ...props },
});
const parameters = (value?: string): Resource => ({
  type: "aws:redshift/parameterGroup:ParameterGroup",
  name: "p",
  props: { parameters: value === undefined ? [] : [{ name: "require_ssl", value }] },
});
const guarded = cluster({ vpcSecurityGroupIds: ["sg-1"] });
const group = (ingress: object[] = []): Resource => ({
  type: "aws:ec2/securityGroup:SecurityGroup",
  name: "g",
  props: { id: "sg-1", ingress },
});
const rule = (fromPort: number, toPort: number, cidrBlocks: string[], protocol = "tcp") => ({
  fromPort,
  toPort,
  protocol,
  cidrBlocks,
});
const ANYWHERE = ["0.0.0.0/0"];
const OPEN = "security group g opens port 5439 to the internet.";

const workgroup = (props: object): Resource => ({ type: "aws:redshiftserverless/workgroup:Workgroup", props });
const namespace = (props: object): Resource => ({ type: "aws:redshiftserverless/namespace:Namespace", props });
const ssl = (parameterValue: string) =>
  workgroup({ configParameters: [{ parameterKey: "require_ssl", parameterValue }] });

export const redshiftCases: Record<string, ControlCases> = {
  "Redshift.1": {
    passes: [["a cluster as it is by default", [cluster()]]],
    fails: [["a public cluster", [cluster({ publiclyAccessible: true })], "can be reached from the internet."]],
  },
  "Redshift.2": {
    passes: [
      ["a group that requires TLS", [parameters("true")]],
      ["a cluster without a group of its own", [cluster()]],
    ],
    fails: [
      ["a group that does not", [parameters("false")], "does not require TLS."],
      ["a group that says nothing", [parameters()], "does not require TLS."],
      [
        "AWS' former default group",
        [cluster({ clusterParameterGroupName: "default.redshift-1.0" })],
        "default.redshift-1.0 does not require TLS.",
      ],
    ],
  },
  "Redshift.3": {
    passes: [
      ["a week", [cluster({ automatedSnapshotRetentionPeriod: 7 })]],
      ["what is configured", [cluster({ automatedSnapshotRetentionPeriod: 35 })], { MinRetentionPeriod: 35 }],
    ],
    fails: [
      ["the default", [cluster()], "keeps automatic snapshots for 1 days instead of 7."],
      [
        "none",
        [cluster({ automatedSnapshotRetentionPeriod: 0 })],
        "keeps automatic snapshots for 0 days instead of 7.",
      ],
      [
        "less than configured",
        [cluster({ automatedSnapshotRetentionPeriod: 7 })],
        "keeps automatic snapshots for 7 days instead of 14.",
        { MinRetentionPeriod: 14 },
      ],
    ],
  },
  "Redshift.4": {
    passes: [
      ["a log", [cluster(), { type: "aws:redshift/logging:Logging", name: "l", props: { clusterIdentifier: "w-1" } }]],
    ],
    fails: [
      ["no log", [cluster()], "has no audit log."],
      [
        "a log of another cluster",
        [cluster(), { type: "aws:redshift/logging:Logging", name: "l", props: { clusterIdentifier: "x" } }],
        "has no audit log.",
      ],
    ],
  },
  "Redshift.6": {
    passes: [["a cluster as it is by default", [cluster()]]],
    fails: [["upgrades off", [cluster({ allowVersionUpgrade: false })], "has automatic version upgrades off."]],
  },
  "Redshift.7": {
    passes: [["routing through the VPC", [cluster({ enhancedVpcRouting: true })]]],
    fails: [["a cluster as it is by default", [cluster()], "routes COPY and UNLOAD outside the VPC."]],
  },
  "Redshift.8": {
    passes: [["a name of one's own", [cluster({ masterUsername: "lake_owner" })]]],
    fails: [
      ["the default name", [cluster({ masterUsername: "awsuser" })], 'has the default admin username "awsuser".'],
    ],
  },
  "Redshift.10": {
    passes: [
      ["a cluster as it is by default", [cluster()]],
      ["encryption on", [cluster({ encrypted: "true" })]],
    ],
    fails: [["encryption off", [cluster({ encrypted: "false" })], "is not encrypted at rest."]],
  },
  "Redshift.15": {
    passes: [
      ["a private network", [guarded, group([rule(5439, 5439, ["10.0.0.0/8"])])]],
      ["another port", [guarded, group([rule(443, 443, ANYWHERE)])]],
      [
        "the port of a cluster on another",
        [cluster({ port: 8200, vpcSecurityGroupIds: ["sg-1"] }), group([rule(5439, 5439, ANYWHERE)])],
      ],
      ["a group of something else", [cluster({ vpcSecurityGroupIds: ["sg-2"] }), group([rule(5439, 5439, ANYWHERE)])]],
      [
        "a rule for going out",
        [
          guarded,
          group(),
          {
            type: "aws:ec2/securityGroupRule:SecurityGroupRule",
            name: "r",
            props: { type: "egress", securityGroupId: "sg-1", ...rule(0, 65535, ANYWHERE) },
          },
        ],
      ],
    ],
    fails: [
      ["its port", [guarded, group([rule(5439, 5439, ANYWHERE)])], OPEN],
      ["a range of ports", [guarded, group([rule(5000, 6000, ANYWHERE)])], OPEN],
      ["all protocols", [guarded, group([rule(0, 0, ANYWHERE, "-1")])], OPEN],
      ["IPv6", [guarded, group([{ ...rule(5439, 5439, []), ipv6CidrBlocks: ["::/0"] }])], OPEN],
      [
        "a rule of its own",
        [
          guarded,
          group(),
          {
            type: "aws:ec2/securityGroupRule:SecurityGroupRule",
            name: "r",
            props: { type: "ingress", securityGroupId: "sg-1", ...rule(5439, 5439, ANYWHERE) },
          },
        ],
        OPEN,
      ],
      [
        "an ingress rule of its own",
        [
          guarded,
          group(),
          {
            type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            name: "r",
            props: { securityGroupId: "sg-1", ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" },
          },
        ],
        OPEN,
      ],
    ],
  },
  "RedshiftServerless.1": {
    passes: [["routing through the VPC", [workgroup({ enhancedVpcRouting: true })]]],
    fails: [["a workgroup as it is by default", [workgroup({})], "routes COPY and UNLOAD outside the VPC."]],
  },
  "RedshiftServerless.2": {
    passes: [["TLS required", [ssl("true")]]],
    fails: [
      ["TLS not required", [ssl("false")], "does not require TLS."],
      ["nothing said", [workgroup({})], "does not require TLS."],
    ],
  },
  "RedshiftServerless.3": {
    passes: [["a workgroup as it is by default", [workgroup({})]]],
    fails: [["a public workgroup", [workgroup({ publiclyAccessible: true })], "can be reached from the internet."]],
  },
  "RedshiftServerless.5": {
    passes: [["a name of one's own", [namespace({ adminUsername: "lake_owner" })]]],
    fails: [["the default name", [namespace({ adminUsername: "admin" })], 'has the default admin username "admin".']],
  },
  "RedshiftServerless.6": {
    passes: [["both logs", [namespace({ logExports: ["useractivitylog", "userlog", "connectionlog"] })]]],
    fails: [
      ["no logs", [namespace({})], "does not export connectionlog and userlog."],
      ["one log", [namespace({ logExports: ["userlog"] })], "does not export connectionlog."],
    ],
  },
};
