/**
 * Azure and GCP components under Pulumi's mocks (./mocks). Load this before the components: mocks have to be set first.
 */
import { mockClouds, none, type Make } from "./mocks";

export { declared, isSecret, ofType, only, valueOf, type Declared } from "./mocks";

const azure: Make = (name, inputs) => ({
  name: inputs.vmScaleSetName ?? inputs.vmName ?? inputs.resourceName ?? name,
});

/** Outputs that the components use, by type. */
const types: Readonly<Record<string, Make>> = {
  "gcp:compute/address:Address": () => ({ address: "203.0.113.10" }),
  "gcp:compute/disk:Disk": none,
  "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment": none,
  "gcp:compute/firewall:Firewall": none,
  "gcp:compute/globalAddress:GlobalAddress": none,
  "gcp:compute/instance:Instance": () => ({ instanceId: "1234567890123456789" }),
  "gcp:compute/instanceIAMMember:InstanceIAMMember": none,
  "gcp:compute/network:Network": (name) => ({ name, selfLink: `https://compute/${name}` }),
  "gcp:compute/resourcePolicy:ResourcePolicy": (name) => ({ name }),
  "gcp:compute/router:Router": (name) => ({ name }),
  "gcp:compute/routerNat:RouterNat": none,
  "gcp:compute/subnetwork:Subnetwork": none,
  "gcp:container/cluster:Cluster": (_name, inputs) => {
    const given = inputs["controlPlaneEndpointsConfig"] as {
      readonly dnsEndpointConfig: Readonly<Record<string, unknown>>;
    };
    return {
      controlPlaneEndpointsConfig: {
        ...given,
        dnsEndpointConfig: {
          ...given.dnsEndpointConfig,
          endpoint: "gke-0123456789abcdef-123456789012.us-east1.gke.goog",
        },
      },
    };
  },
  "gcp:container/nodePool:NodePool": none,
  "gcp:dns/managedZone:ManagedZone": (name) => ({ name }),
  "gcp:dns/recordSet:RecordSet": none,
  "gcp:iap/tunnelInstanceIAMMember:TunnelInstanceIAMMember": none,
  "gcp:monitoring/alertPolicy:AlertPolicy": (name) => ({ name }),
  "gcp:monitoring/metricDescriptor:MetricDescriptor": none,
  "gcp:monitoring/notificationChannel:NotificationChannel": (name) => ({ name }),
  "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": (name) => ({ uptimeCheckId: name }),
  "gcp:projects/iAMMember:IAMMember": none,
  "gcp:projects/service:Service": none,
  "gcp:redis/instance:Instance": (name) => ({
    id: `projects/project/locations/us-east1/instances/${name}`,
    host: "10.41.0.3",
    authString: "an-auth-string",
    serverCaCerts: [{ cert: "-----BEGIN CERTIFICATE-----\nredis\n-----END CERTIFICATE-----\n" }],
  }),
  "gcp:secretmanager/secret:Secret": none,
  "gcp:secretmanager/secretIamMember:SecretIamMember": none,
  "gcp:secretmanager/secretVersion:SecretVersion": none,
  "gcp:serviceaccount/iAMMember:IAMMember": none,
  "gcp:servicenetworking/connection:Connection": none,
  "gcp:sql/database:Database": none,
  "gcp:sql/databaseInstance:DatabaseInstance": () => ({
    privateIpAddress: "10.41.0.2",
    serviceAccountEmailAddress: "p1-abcdef@gcp-sa-cloud-sql.iam.gserviceaccount.com",
    serverCaCerts: [
      { cert: "-----BEGIN CERTIFICATE-----\nold\n-----END CERTIFICATE-----" },
      { cert: "-----BEGIN CERTIFICATE-----\nnew\n-----END CERTIFICATE-----\n" },
    ],
  }),
  "gcp:sql/user:User": none,
  "azure-native:applicationinsights:Component": azure,
  "azure-native:applicationinsights:WebTest": azure,
  "azure-native:authorization:ManagementLockByScope": azure,
  "azure-native:authorization:RoleAssignment": azure,
  "azure-native:authorization:RoleDefinition": azure,
  "azure-native:compute:Disk": azure,
  "azure-native:compute:VirtualMachine": azure,
  "azure-native:compute:VirtualMachineScaleSet": azure,
  "azure-native:dataprotection:BackupInstance": azure,
  "azure-native:dataprotection:BackupPolicy": azure,
  "azure-native:dataprotection:BackupVault": (_name, inputs) => ({
    name: inputs.vaultName,
    identity: { principalId: "backup-vault-principal" },
  }),
  "azure-native:dns:RecordSet": azure,
  "azure-native:keyvault:Secret": azure,
  "azure-native:keyvault:Vault": (_name, inputs) => ({ name: inputs.vaultName }),
  "azure-native:managedidentity:UserAssignedIdentity": (name) => ({
    principalId: `${name}-principal`,
    clientId: "00000000-0000-4000-8000-00000000c11d",
  }),
  "azure-native:monitor:ActionGroup": azure,
  "azure-native:monitor:DiagnosticSetting": azure,
  "azure-native:monitor:MetricAlert": azure,
  "azure-native:network:BastionHost": azure,
  "azure-native:network:NatGateway": azure,
  "azure-native:network:NetworkInterface": azure,
  "azure-native:network:NetworkSecurityGroup": azure,
  "azure-native:network:PublicIPAddress": (name) => ({ name, ipAddress: "203.0.113.10" }),
  "azure-native:network:Subnet": azure,
  "azure-native:network:VirtualNetwork": azure,
  "azure-native:operationalinsights:Workspace": azure,
  "azure-native:resources:ResourceGroup": (_name, inputs) => ({ name: inputs.resourceGroupName }),
  "gcp:compute/instanceGroupManager:InstanceGroupManager": none,
  "gcp:compute/instanceTemplate:InstanceTemplate": (name) => ({
    selfLinkUnique: `https://www.googleapis.com/compute/v1/projects/p/global/instanceTemplates/${name}?uniqueId=1`,
  }),
  "gcp:projects/iAMCustomRole:IAMCustomRole": (_name, inputs) => ({
    name: `projects/${String(inputs.project)}/roles/${String(inputs.roleId)}`,
  }),
  "pulumi:providers:kubernetes": none,
  "random:index/randomId:RandomId": () => ({ hex: "0f".repeat(32) }),
  "random:index/randomPassword:RandomPassword": () => ({ result: "a1".repeat(32) }),
  "gcp:serviceaccount/account:Account": (_name, inputs) => {
    const email = `${String(inputs.accountId)}@project.iam.gserviceaccount.com`;
    return { email, name: `projects/project/serviceAccounts/${email}` };
  },
  "gcp:serviceaccount/key:Key": (name) => ({
    privateKey: Buffer.from(JSON.stringify({ type: "service_account", name })).toString("base64"),
  }),
  "gcp:storage/bucket:Bucket": (_name, inputs) => ({ url: `gs://${String(inputs.name)}` }),
  "gcp:storage/bucketIAMMember:BucketIAMMember": none,
};

mockClouds(types);
