/** Redshift clusters: encryption, snapshots, logs, upgrades, names. Defaults are those of `aws.redshift.Cluster`. */
import type { ClusterArgs, LoggingArgs, ParameterGroupArgs } from "@pulumi/aws/redshift";
import { on, resourceControl, stackControl } from "../control";
import { refersTo } from "../relations";

export const CLUSTER = "aws:redshift/cluster:Cluster";
const SNAPSHOT_DAYS = 7;

export const redshiftControls = [
  resourceControl(
    {
      id: "Redshift.2",
      title: "Connections to Amazon Redshift clusters should be encrypted in transit",
      severity: "medium",
      remedy: 'Use a parameter group whose parameter require_ssl is "true".',
    },
    on<ParameterGroupArgs>("aws:redshift/parameterGroup:ParameterGroup", ({ parameters = [] }) => {
      const required = parameters.find(({ name }) => name === "require_ssl")?.value;
      return required?.toLowerCase() === "true" ? undefined : "does not require TLS.";
    }),
    // Clusters without a parameter group use default.redshift-2.0, which requires TLS; default.redshift-1.0 does not.
    // https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-parameter-groups.html
    on<ClusterArgs>(CLUSTER, ({ clusterParameterGroupName }) =>
      clusterParameterGroupName === "default.redshift-1.0" ? "default.redshift-1.0 does not require TLS." : undefined,
    ),
  ),
  resourceControl(
    {
      id: "Redshift.3",
      title: "Amazon Redshift clusters should have automatic snapshots enabled",
      severity: "medium",
      remedy: "Set automatedSnapshotRetentionPeriod to at least that many days.",
      parameters: {
        MinRetentionPeriod: {
          type: "integer",
          minimum: 7,
          maximum: 35,
          default: SNAPSHOT_DAYS,
          description: "Minimum retention of automatic snapshots, in days.",
        },
      },
    },
    on<ClusterArgs>(CLUSTER, ({ automatedSnapshotRetentionPeriod = 1 }, config) => {
      const days = Number(config.MinRetentionPeriod ?? SNAPSHOT_DAYS);
      if (automatedSnapshotRetentionPeriod >= days) return undefined;
      return `keeps automatic snapshots for ${automatedSnapshotRetentionPeriod} days instead of ${days}.`;
    }),
  ),
  stackControl<ClusterArgs>(
    {
      id: "Redshift.4",
      title: "Amazon Redshift clusters should have audit logging enabled",
      severity: "medium",
      remedy: "Declare aws.redshift.Logging for the cluster.",
    },
    [CLUSTER],
    ({ resource }, stack) => {
      const logging = stack.all<LoggingArgs>("aws:redshift/logging:Logging");
      const isLogged = logging.some((found) => refersTo(found.resource, "clusterIdentifier", resource));
      return isLogged ? undefined : "has no audit log.";
    },
  ),
  resourceControl(
    {
      id: "Redshift.6",
      title: "Amazon Redshift should have automatic upgrades to major versions enabled",
      severity: "medium",
      remedy: "Omit allowVersionUpgrade, or set it to true.",
    },
    on<ClusterArgs>(CLUSTER, ({ allowVersionUpgrade }) =>
      allowVersionUpgrade === false ? "has automatic version upgrades off." : undefined,
    ),
  ),
  resourceControl(
    {
      id: "Redshift.8",
      title: "Amazon Redshift clusters should not use the default Admin username",
      severity: "medium",
      remedy: "Set masterUsername to another name.",
    },
    on<ClusterArgs>(CLUSTER, ({ masterUsername }) =>
      masterUsername === "awsuser" ? 'has the default admin username "awsuser".' : undefined,
    ),
  ),
  resourceControl(
    {
      id: "Redshift.10",
      title: "Redshift clusters should be encrypted at rest",
      severity: "medium",
      remedy: "Omit encrypted, or set it to true.",
    },
    on<ClusterArgs>(CLUSTER, ({ encrypted }) =>
      String(encrypted).toLowerCase() === "false" ? "is not encrypted at rest." : undefined,
    ),
  ),
];
