/**
 * Properties that keep somebody out, or keep what is said from being read on the way, and by which value they do. Their
 * meaning is in each provider's documentation of the type; defaults are named where they keep nobody out.
 */
import { inWords } from "../values";

/** Whether a value keeps the door shut. What is not known yet does not. */
type Shut = (value: unknown) => boolean;

const set: Shut = (value) => value !== undefined && value !== null;
const on: Shut = (value) => /^(true|enabled|required)$/i.test(inWords(value));
/** What is left out is off. */
const notOn: Shut = (value) => value === undefined || /^(false|disabled)$/i.test(inWords(value));
const off: Shut = (value) => /^(false|disabled)$/i.test(inWords(value));
/** What is left out is on. */
const notOff: Shut = (value) => value === undefined || on(value);
const like =
  (form: RegExp): Shut =>
  (value) =>
    typeof value === "string" && form.test(value);

/** Type, path, the value that keeps the door shut, and what follows when it does no more. */
export const switches: readonly (readonly [RegExp, string, Shut, string])[] = [
  // AWS. TLS: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
  [
    /^aws:(lb|alb|elasticloadbalancingv2)\/listener:/,
    "sslPolicy",
    like(/TLS13-1-[23]|TLS-1-2|FS-1-2/),
    "connections with TLS older than 1.2 are accepted (sslPolicy)",
  ],
  [
    /^aws:(lb|alb|elasticloadbalancingv2)\/listener:/,
    "mutualAuthentication.mode",
    like(/^(verify|passthrough)$/),
    "callers need no certificate any more (mutualAuthentication)",
  ],
  [
    /^aws:wafv2\/webAcl:/,
    "defaultAction.block",
    set,
    "what no rule of the firewall is about is let through (defaultAction)",
  ],
  // A request that somebody makes a server send reads its credentials then:
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
  [
    /^aws:ec2\/(launchTemplate|instance):/,
    "metadataOptions.httpTokens",
    on,
    "the machines' credentials can be read by a request without a token (metadataOptions.httpTokens)",
  ],
  [
    /^aws:ec2\/(launchTemplate|instance):/,
    "metadataOptions.httpPutResponseHopLimit",
    (value) => Number(value) === 1,
    "containers on the machines reach the machines' credentials (metadataOptions.httpPutResponseHopLimit)",
  ],
  [
    /^aws:elasticache\/replicationGroup:/,
    "transitEncryptionEnabled",
    on,
    "what clients send can be read on the way (transitEncryptionEnabled)",
  ],
  [
    /^aws:elasticache\/replicationGroup:/,
    "authToken",
    set,
    "whoever reaches it needs no password any more (authToken)",
  ],
  // Azure.
  [
    // The two that have a firewall of their own are read with it.
    /^azure-native:(?!keyvault:Vault$|storage:StorageAccount$|compute:)/,
    "publicNetworkAccess",
    off,
    "it answers the internet (publicNetworkAccess)",
  ],
  [
    /^azure-native:(?!keyvault:Vault$|storage:StorageAccount$|compute:)/,
    "properties.publicNetworkAccess",
    off,
    "it answers the internet (properties.publicNetworkAccess)",
  ],
  [
    /^azure-native:db/,
    "network.publicNetworkAccess",
    off,
    "the database answers the internet (network.publicNetworkAccess)",
  ],
  [
    /^azure-native:containerregistry:Registry$/,
    "anonymousPullEnabled",
    notOn,
    "images are handed to whoever asks (anonymousPullEnabled)",
  ],
  [
    /^azure-native:storage:StorageAccount$/,
    "enableHttpsTrafficOnly",
    notOff,
    "requests over plain HTTP are answered (enableHttpsTrafficOnly)",
  ],
  [
    /^azure-native:storage:StorageAccount$/,
    "minimumTlsVersion",
    like(/^TLS1_[23]$/),
    "connections with TLS older than 1.2 are accepted (minimumTlsVersion)",
  ],
  [
    /^azure-native:storage:StorageAccount$/,
    "allowSharedKeyAccess",
    off,
    "whoever has the account's key is let in, without a role (allowSharedKeyAccess)",
  ],
  [
    /^azure-native:cache:Redis$/,
    "enableNonSslPort",
    notOn,
    "clients may connect without TLS (enableNonSslPort)",
  ],
  [
    /^azure-native:network:BastionHost$/,
    "enableShareableLink",
    notOn,
    "whoever has a link may connect without signing in at Azure (enableShareableLink)",
  ],
  [
    /^azure-native:keyvault:Vault$/,
    "properties.enableRbacAuthorization",
    on,
    "its own access policies say who may read its secrets, and roles no more (enableRbacAuthorization)",
  ],
  // Google Cloud. TLS 1.0 and COMPATIBLE where left out: https://docs.cloud.google.com/load-balancing/docs/ssl-policies-concepts
  [
    /^gcp:compute\/(sSLPolicy|regionSslPolicy):/,
    "minTlsVersion",
    like(/^TLS_1_[23]$/),
    "connections with TLS older than 1.2 are accepted (minTlsVersion)",
  ],
  [
    /^gcp:compute\/(sSLPolicy|regionSslPolicy):/,
    "profile",
    like(/^(MODERN|RESTRICTED|FIPS)/),
    "weak ciphers are accepted (profile)",
  ],
  [
    /^gcp:compute\/(regionT|t)arget(HttpsProxy|SSLProxy|HttpsProxies):/,
    "sslPolicy",
    set,
    "no TLS policy guards it any more (sslPolicy): TLS 1.0 is accepted",
  ],
  [
    /^gcp:compute\/(regionB|b)ackendService:/,
    "iap.enabled",
    on,
    "people need not sign in before they reach it (iap)",
  ],
  [
    /^gcp:sql\/databaseInstance:/,
    "settings.ipConfiguration.sslMode",
    like(/^(ENCRYPTED_ONLY|TRUSTED_CLIENT_CERTIFICATE_REQUIRED)$/),
    "clients may connect without TLS (settings.ipConfiguration.sslMode)",
  ],
  [
    /^gcp:sql\/databaseInstance:/,
    "settings.connectorEnforcement",
    on,
    "clients may connect past the Auth Proxy, without IAM (settings.connectorEnforcement)",
  ],
  [
    /^gcp:redis\/instance:/,
    "authEnabled",
    on,
    "whoever reaches it needs no password any more (authEnabled)",
  ],
  [
    /^gcp:redis\/instance:/,
    "transitEncryptionMode",
    like(/^SERVER_AUTHENTICATION$/),
    "what clients send can be read on the way (transitEncryptionMode)",
  ],
  [
    /^gcp:container\/cluster:/,
    "privateClusterConfig.enablePrivateNodes",
    on,
    "its nodes get public addresses (privateClusterConfig.enablePrivateNodes)",
  ],
  [
    /^gcp:container\/(cluster|nodePool):/,
    "networkConfig.enablePrivateNodes",
    on,
    "its nodes get public addresses (networkConfig.enablePrivateNodes)",
  ],
  [
    /^gcp:container\/cluster:/,
    "anonymousAuthenticationConfig.mode",
    like(/^LIMITED$/),
    "the control plane answers requests of nobody in particular (anonymousAuthenticationConfig)",
  ],
  // https://docs.cloud.google.com/kubernetes-engine/docs/best-practices/rbac#prevent-default-role-group-usage
  [
    /^gcp:container\/cluster:/,
    "rbacBindingConfig.enableInsecureBindingSystemUnauthenticated",
    off,
    "roles may be given to callers who have not signed in (rbacBindingConfig)",
  ],
  [
    /^gcp:container\/cluster:/,
    "rbacBindingConfig.enableInsecureBindingSystemAuthenticated",
    off,
    "roles may be given to everybody with a Google account (rbacBindingConfig)",
  ],
  [
    /^gcp:container\/cluster:/,
    "enableLegacyAbac",
    notOn,
    "rights in the cluster are no longer what its roles say (enableLegacyAbac)",
  ],
  [
    /^gcp:container\/cluster:/,
    "workloadIdentityConfig",
    set,
    "pods act as the nodes' account (workloadIdentityConfig)",
  ],
  [
    /^gcp:container\/nodePool:/,
    "nodeConfig.workloadMetadataConfig.mode",
    like(/^GKE_METADATA$/),
    "pods act as the nodes' account (workloadMetadataConfig)",
  ],
  [
    /^gcp:compute\/(instance|instanceTemplate|regionInstanceTemplate):/,
    "metadata.enable-oslogin",
    on,
    "SSH keys in the metadata let people in, and IAM no more (enable-oslogin)",
  ],
  [
    /^gcp:compute\/(instance|instanceTemplate|regionInstanceTemplate):/,
    "metadata.serial-port-enable",
    notOn,
    "its serial console answers the internet (serial-port-enable)",
  ],
  [
    /^gcp:compute\/subnetwork:/,
    "ipv6AccessType",
    (value) => value === undefined || inWords(value) !== "EXTERNAL",
    "its machines get public IPv6 addresses (ipv6AccessType)",
  ],
  // Kubernetes.
  [
    /^kubernetes:networking\.gke\.io\/v1beta1:FrontendConfig$/,
    "spec.sslPolicy",
    set,
    "no TLS policy guards it any more (spec.sslPolicy): TLS 1.0 is accepted",
  ],
  [
    /^kubernetes:cloud\.google\.com\/v1:BackendConfig$/,
    "spec.iap.enabled",
    on,
    "people need not sign in before they reach it (spec.iap)",
  ],
  [
    /^kubernetes:(apps|batch)\//,
    "spec.template.spec.hostNetwork",
    notOn,
    "its pods stand in their nodes' network, past NetworkPolicies (hostNetwork)",
  ],
];
