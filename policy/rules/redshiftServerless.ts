/** Redshift Serverless. */
import type { NamespaceArgs, WorkgroupArgs } from "@pulumi/aws/redshiftserverless";
import { on, resourceControl } from "../control";

const WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup";
const NAMESPACE = "aws:redshiftserverless/namespace:Namespace";
const LOGS = ["connectionlog", "userlog"];

export const redshiftServerlessControls = [
  resourceControl(
    {
      id: "RedshiftServerless.1",
      title: "Amazon Redshift Serverless workgroups should use enhanced VPC routing",
      severity: "high",
      remedy: "Set enhancedVpcRouting to true.",
    },
    on<WorkgroupArgs>(WORKGROUP, ({ enhancedVpcRouting }) =>
      enhancedVpcRouting === true ? undefined : "routes COPY and UNLOAD outside the VPC.",
    ),
  ),
  resourceControl(
    {
      id: "RedshiftServerless.2",
      title: "Connections to Redshift Serverless workgroups should be required to use SSL",
      severity: "medium",
      remedy: 'Give configParameters { parameterKey: "require_ssl", parameterValue: "true" }.',
    },
    on<WorkgroupArgs>(WORKGROUP, ({ configParameters = [] }) => {
      const required = configParameters.find(({ parameterKey }) => parameterKey === "require_ssl")?.parameterValue;
      return required?.toLowerCase() === "true" ? undefined : "does not require TLS.";
    }),
  ),
  resourceControl(
    {
      id: "RedshiftServerless.3",
      title: "Redshift Serverless workgroups should prohibit public access",
      severity: "high",
      remedy: "Omit publiclyAccessible, or set it to false.",
    },
    on<WorkgroupArgs>(WORKGROUP, ({ publiclyAccessible }) =>
      publiclyAccessible === true ? "can be reached from the internet." : undefined,
    ),
  ),
  resourceControl(
    {
      id: "RedshiftServerless.5",
      title: "Redshift Serverless namespaces should not use the default admin username",
      severity: "medium",
      remedy: "Set adminUsername to another name.",
    },
    on<NamespaceArgs>(NAMESPACE, ({ adminUsername }) =>
      adminUsername === "admin" ? 'has the default admin username "admin".' : undefined,
    ),
  ),
  resourceControl(
    {
      id: "RedshiftServerless.6",
      title: "Redshift Serverless namespaces should export logs to CloudWatch Logs",
      severity: "medium",
      remedy: `Set logExports to ${JSON.stringify(LOGS)}.`,
    },
    on<NamespaceArgs>(NAMESPACE, ({ logExports = [] }) => {
      const missing = LOGS.filter((log) => !logExports.includes(log));
      return missing.length === 0 ? undefined : `does not export ${missing.join(" and ")}.`;
    }),
  ),
];
