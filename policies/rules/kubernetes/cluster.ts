/** The cluster: its control plane, upkeep and deletion. */
import { everybody } from "../../addresses";
import { all, any, not } from "../../reader";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";
import { gkeHardening } from "../sources";

export const cluster: readonly Rule[] = [
  resourceRule(
    {
      id: "gke-control-plane-closed",
      severity: "critical",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "The control plane has no open address: it is reached by its DNS endpoint, which IAM guards",
      source: `https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation#control-plane; ${gkeHardening}#restrict-anon-access`,
      fix: "Set controlPlaneEndpointsConfig.ipEndpointsConfig.enabled: false, or a private endpoint with authorised networks; anonymousAuthenticationConfig.mode: LIMITED, and no insecure bindings",
    },
    on(t.gcpCluster, (p) => {
      const addresses = p.get("controlPlaneEndpointsConfig").get("ipEndpointsConfig");
      const networks = p.get("masterAuthorizedNetworksConfig");
      const bindings = p.get("rbacBindingConfig");
      return [
        must(
          any(
            addresses.get("enabled").is(false),
            all(
              p.get("privateClusterConfig").get("enablePrivateEndpoint").is(true),
              networks.get("cidrBlocks").filled,
            ),
          ),
          "The control plane has an address on the internet, or one that the whole network reaches",
        ),
        must(
          // Tokens may come that way: a pipeline has one. A certificate cannot be taken back.
          not(
            p
              .get("controlPlaneEndpointsConfig")
              .get("dnsEndpointConfig")
              .get("enableK8sCertsViaDns")
              .or(false)
              .is(true),
          ),
          "Certificates of the cluster's own get past IAM to the control plane",
        ),
        must(
          not(networks.get("gcpPublicCidrsAccessEnabled").or(false).is(true)),
          "The control plane lets in every machine of Google Cloud, anybody's",
        ),
        must(
          p.get("anonymousAuthenticationConfig").get("mode").is("LIMITED"),
          "Whoever has no name may ask the control plane for more than its health",
        ),
        ...(
          [
            "enableInsecureBindingSystemAuthenticated",
            "enableInsecureBindingSystemUnauthenticated",
          ] as const
        ).map((key) =>
          must(bindings.get(key).is(false), "Rights can be given to everybody with an account"),
        ),
        must(
          networks
            .get("cidrBlocks")
            .every((block) => not(block.get("cidrBlock").matches(everybody))),
          "The control plane lets in every network",
        ),
        must(
          not(
            p
              .get("masterAuth")
              .get("clientCertificateConfig")
              .get("issueClientCertificate")
              .or(false)
              .is(true),
          ),
          "The control plane issues a certificate that nobody can revoke",
        ),
        must(not(p.get("enableLegacyAbac").or(false).is(true)), "Rights of before RBAC are on"),
      ];
    }),
  ),
  resourceRule(
    {
      id: "gke-network-policy",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "Network policies are enforced: without Dataplane V2 or Calico they are only written",
      source: `CIS GKE Benchmark, "Ensure Network Policy is Enabled": ${gkeHardening}#restrict_with_network_policy`,
      fix: "Set datapathProvider: ADVANCED_DATAPATH, and VPC-native addresses",
    },
    on(t.gcpCluster, (p) => [
      must(
        any(
          p.get("datapathProvider").is("ADVANCED_DATAPATH"),
          p.get("networkPolicy").get("enabled").is(true),
        ),
        "Nothing enforces network policies",
      ),
      must(
        p.get("networkingMode").or("VPC_NATIVE").is("VPC_NATIVE"),
        "Pods have addresses of routes",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "gke-kept-current",
      severity: "medium",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "The cluster takes security fixes by itself, in its own hours, and logs what it does",
      source:
        "https://cloud.google.com/kubernetes-engine/docs/concepts/release-channels; https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions; https://cloud.google.com/kubernetes-engine/docs/concepts/alpha-clusters",
      fix: "Leave enableKubernetesAlpha out; set releaseChannel, maintenancePolicy, loggingConfig and monitoringConfig",
    },
    on(t.gcpCluster, (p) => [
      must(
        p.get("releaseChannel").get("channel").isOneOf("RAPID", "REGULAR", "STABLE", "EXTENDED"),
        "The cluster is on no release channel",
      ),
      must(
        not(p.get("enableKubernetesAlpha").or(false).is(true)),
        "The cluster takes no upgrade, and is deleted after thirty days",
      ),
      must(p.get("maintenancePolicy").given, "The cluster is maintained at any hour"),
      must(not(p.get("loggingService").or("").is("none")), "The cluster keeps no logs"),
      must(
        any(
          !p.get("loggingConfig").given,
          p
            .get("loggingConfig")
            .get("enableComponents")
            .some((one) => one.is("SYSTEM_COMPONENTS")),
        ),
        "The cluster's own parts keep no logs",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "gke-not-deleted",
      severity: "high",
      level: "mandatory",
      theme: "kubernetes",
      protects:
        "The cluster spans zones, and is not deleted by mistake while its environment is protected",
      source: "https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters",
      fix: "Name a region as location, and keep deletionProtection where the stack is protected",
    },
    on(t.gcpCluster, (p, { protect }) => [
      must(
        any(!protect, p.get("deletionProtection").or(true).is(true)),
        "Pulumi may delete the cluster",
      ),
      must(
        any(protect, not(p.get("deletionProtection").or(true).is(true))),
        "The cluster is kept from deletion in its cloud, and not protected in the stack",
      ),
      must(not(p.get("location").matches(/-[a-z]$/)), "The cluster is in one zone"),
    ]),
  ),
];
