import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import type * as pulumi from "@pulumi/pulumi";
import type { WebEdgeFacts } from "../edge/contract";
import { Component } from "../shared/component";
import { drainingSeconds, release } from "./contract";

/** Name of Ingress, FrontendConfig and BackendConfig in the app's namespace. */
const edgeName = "version";

/**
 * What the app's Service says to GKE, whoever makes it: take pods, not nodes, as backends, and how to treat them
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/container-native-load-balancing,
 * https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration#associating_backendconfig_with_your_ingress).
 */
export const serviceAnnotations: Readonly<Record<string, string>> = {
  "cloud.google.com/neg": JSON.stringify({ ingress: true }),
  "cloud.google.com/backend-config": JSON.stringify({ default: edgeName }),
};

/** Arguments of VersionIngress. */
export interface VersionIngressArgs {
  /** Namespace of the app. */
  readonly namespace: pulumi.Input<string>;
  readonly edge: WebEdgeFacts;
  /**
   * Path that answers 200 to a plain HTTP request by address, without a host name that Rails knows: the load balancer
   * sends no other, and takes no redirect for an answer.
   */
  readonly healthPath: string;
  /**
   * Whether the Service is there already. Before the first Auto DevOps deploy it is not: GKE then makes no load
   * balancer, says so in an event, and tries again until it is; nobody waits for that.
   */
  readonly serviceStands: boolean;
  /** Seconds that a request may take. @default 60 */
  readonly timeoutSeconds?: number;
  /** Share of requests that are logged, 0 to 1. @default 1 */
  readonly logShare?: number;
  /** Namespace and, where Pulumi makes it, Service. */
  readonly ready: pulumi.Resource[];
}

/**
 * The app's way to the world: GKE's Ingress controller makes the load balancer of it. Plain HTTP is redirected.
 *
 * No Ingress class by field: GKE knows its own by the annotation alone
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/load-balance-ingress). Deleting it waits until the load
 * balancer is gone, since address, certificate and policies can't be deleted before.
 */
export class VersionIngress extends Component {
  /** The Ingress; with `serviceStands` its load balancer has its address. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: VersionIngressArgs, opts?: pulumi.ComponentResourceOptions) {
    const { edge, namespace } = args;
    super("versionApp", "VersionIngress", name, { host: edge.host }, opts);
    const own = { parent: this, dependsOn: [...args.ready, ...edge.ready] };
    const frontend = new CustomResource(
      `${name}-frontend`,
      {
        apiVersion: "networking.gke.io/v1beta1",
        kind: "FrontendConfig",
        metadata: { name: edgeName, namespace },
        spec: {
          sslPolicy: edge.tlsPolicyName,
          redirectToHttps: { enabled: true, responseCodeName: "MOVED_PERMANENTLY_DEFAULT" },
        },
      },
      own,
    );
    const backend = new CustomResource(
      `${name}-backend`,
      {
        apiVersion: "cloud.google.com/v1",
        kind: "BackendConfig",
        metadata: { name: edgeName, namespace },
        spec: {
          securityPolicy: { name: edge.armorPolicyName },
          // Said outright: else GKE takes it from the readiness probe of whatever pods there are at the time.
          healthCheck: {
            type: "HTTP",
            requestPath: args.healthPath,
            port: release.port,
            checkIntervalSec: 10,
            timeoutSec: 5,
            healthyThreshold: 1,
            unhealthyThreshold: 3,
          },
          connectionDraining: { drainingTimeoutSec: drainingSeconds },
          timeoutSec: args.timeoutSeconds ?? 60,
          logging: { enable: true, sampleRate: args.logShare ?? 1 },
        },
      },
      own,
    );
    const ingress = new Ingress(
      `${name}-ingress`,
      {
        metadata: {
          name: edgeName,
          namespace,
          annotations: {
            "kubernetes.io/ingress.class": "gce",
            "kubernetes.io/ingress.global-static-ip-name": edge.addressName,
            "ingress.gcp.kubernetes.io/pre-shared-cert": edge.certificateName,
            "networking.gke.io/v1beta1.FrontendConfig": edgeName,
            // Of waiting for an address alone: a deletion is waited for all the same.
            ...(args.serviceStands ? {} : { "pulumi.com/skipAwait": "true" }),
          },
        },
        spec: {
          // Who asks by address or another name gets GKE's own 404, and never reaches the app.
          rules: [
            {
              host: edge.host,
              http: {
                paths: [
                  {
                    path: "/",
                    pathType: "Prefix",
                    backend: {
                      service: { name: release.service, port: { number: release.port } },
                    },
                  },
                ],
              },
            },
          ],
        },
      },
      {
        ...own,
        dependsOn: [...own.dependsOn, frontend, backend],
        // A global load balancer takes five to ten minutes to be made, and as long to be taken down.
        customTimeouts: { create: "20m", update: "20m", delete: "20m" },
      },
    );
    this.ready = [ingress];
    this.registerOutputs({});
  }
}
