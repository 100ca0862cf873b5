/** Roles with their policies, and keys. */
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateAliasCommand, CreateKeyCommand, EnableKeyRotationCommand } from "@aws-sdk/client-kms";
import type { Deployer } from "./deployer";

export const accessDeployers: Readonly<Record<string, Deployer>> = {
  "aws:iam/role:Role": async ({ iam }, name, { assumeRolePolicy, description }) => {
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: assumeRolePolicy, Description: description }),
    );
    return { id: name, outputs: { name, arn: Role?.Arn, uniqueId: Role?.RoleId } };
  },
  "aws:iam/rolePolicy:RolePolicy": async ({ iam }, name, { role, policy }) => {
    await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: policy }));
    return { id: `${role}:${name}`, outputs: { name } };
  },
  "aws:kms/key:Key": async ({ kms }, _name, { description, policy, enableKeyRotation, rotationPeriodInDays }) => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: description, Policy: policy }));
    const KeyId = String(KeyMetadata?.KeyId);
    if (enableKeyRotation)
      await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: rotationPeriodInDays }));
    return { id: KeyId, outputs: { keyId: KeyId, arn: KeyMetadata?.Arn } };
  },
  "aws:kms/alias:Alias": async ({ kms }, name, { name: declared, targetKeyId }) => {
    const AliasName = String(declared ?? `alias/${name}`);
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: targetKeyId }));
    return { id: AliasName, outputs: { name: AliasName } };
  },
};
