import { BackendConfig } from "@kubernetes-models/gke/cloud.google.com/v1/BackendConfig";
import { FrontendConfig } from "@kubernetes-models/gke/networking.gke.io/v1beta1/FrontendConfig";
import { declared, mockClouds, none, ofType, only } from "../../support/mocks";

mockClouds({
  "gcp:compute/globalAddress:GlobalAddress": () => ({ address: "203.0.113.20" }),
  "gcp:compute/managedSslCertificate:ManagedSslCertificate": (name) => ({
    name: `${name}-0a1b2c3`,
  }),
  "gcp:compute/sSLPolicy:SSLPolicy": (name) => ({ name: `${name}-0a1b2c3` }),
  "gcp:compute/securityPolicy:SecurityPolicy": (name) => ({ name: `${name}-0a1b2c3` }),
  "gcp:dns/recordSet:RecordSet": none,
  "kubernetes:cloud.google.com/v1:BackendConfig": none,
  "kubernetes:networking.gke.io/v1beta1:FrontendConfig": none,
  "kubernetes:networking.k8s.io/v1:Ingress": none,
});

import { armorRules, GcpWebEdge, type GcpArmorSettings } from "../../../components/edge/gcp";
import { drainingSeconds, release } from "../../../components/version-app/contract";
import { serviceAnnotations, VersionIngress } from "../../../components/version-app/ingress";

const site = {
  prefix: "gitlab-version",
  environment: "version",
  protection: true,
  runbooks: "https://example.com/docs/runbooks",
};
const armor: GcpArmorSettings = {
  requestsPerMinute: 600,
  intake: { paths: ["/usage_data"], requestsPerMinute: 60 },
  rules: "preview",
};
const build = (serviceStands: boolean, host = "version.example.com") =>
  declared((opts) => {
    const edge = new GcpWebEdge(
      "edge",
      { site, host, dnsZone: { name: "example", project: "project" }, armor },
      opts,
    );
    return new VersionIngress(
      "ingress",
      {
        namespace: release.namespace,
        edge,
        healthPath: "/-/readiness",
        serviceStands,
        ready: [],
      },
      opts,
    );
  });

interface Metadata {
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
}

describe("the load balancer", () => {
  test("is given address, certificate, TLS policy and Cloud Armor by the names that they have", async () => {
    const { resources } = await build(true);
    const ingress = only(resources, "kubernetes:networking.k8s.io/v1:Ingress");
    const { annotations } = ingress.inputs["metadata"] as Metadata;
    expect(annotations).toEqual({
      "kubernetes.io/ingress.class": "gce",
      "kubernetes.io/ingress.global-static-ip-name": "gitlab-version-web",
      "ingress.gcp.kubernetes.io/pre-shared-cert": "edge-certificate-0a1b2c3",
      "networking.gke.io/v1beta1.FrontendConfig": "version",
    });
    const frontend = only(resources, "kubernetes:networking.gke.io/v1beta1:FrontendConfig").inputs;
    expect(frontend["spec"]).toMatchObject({ sslPolicy: "edge-tls-0a1b2c3" });
    const backend = only(resources, "kubernetes:cloud.google.com/v1:BackendConfig").inputs;
    expect(backend["spec"]).toMatchObject({ securityPolicy: { name: "edge-armor-0a1b2c3" } });
  });

  test("finds the BackendConfig that the Service names, and takes pods as backends", async () => {
    const { resources } = await build(true);
    const backend = only(resources, "kubernetes:cloud.google.com/v1:BackendConfig").inputs;
    const { name } = backend["metadata"] as Metadata;
    expect(JSON.parse(serviceAnnotations["cloud.google.com/backend-config"] ?? "")).toEqual({
      default: name,
    });
    expect(JSON.parse(serviceAnnotations["cloud.google.com/neg"] ?? "")).toEqual({ ingress: true });
  });

  test("asks pods for their health at their own port, and waits less than between two questions", async () => {
    const { resources } = await build(true);
    const { spec } = only(resources, "kubernetes:cloud.google.com/v1:BackendConfig").inputs;
    const { healthCheck, connectionDraining } = spec as {
      readonly healthCheck: { readonly timeoutSec: number; readonly checkIntervalSec: number };
      readonly connectionDraining: object;
    };
    expect(healthCheck).toMatchObject({ port: release.port, requestPath: "/-/readiness" });
    expect(healthCheck.timeoutSec).toBeLessThanOrEqual(healthCheck.checkIntervalSec);
    expect(connectionDraining).toEqual({ drainingTimeoutSec: drainingSeconds });
  });

  test("BackendConfig and FrontendConfig are as their published schemas have them", async () => {
    const { resources } = await build(true);
    const inputs = (type: string) => only(resources, type).inputs;
    const { metadata, spec } = inputs("kubernetes:cloud.google.com/v1:BackendConfig");
    expect(() => {
      new BackendConfig({ metadata, spec } as never).validate();
    }).not.toThrow();
    const frontend = inputs("kubernetes:networking.gke.io/v1beta1:FrontendConfig");
    expect(() => {
      new FrontendConfig({
        metadata: frontend["metadata"],
        spec: frontend["spec"],
      } as never).validate();
    }).not.toThrow();
    expect(() => {
      new BackendConfig({ metadata, spec: { healthCheck: { port: "web" } } } as never).validate();
    }).toThrow();
  });

  test.each([
    [true, undefined],
    [false, "true"],
  ])("with the Service there (%s), nobody waits for nothing", async (stands, skips) => {
    const { resources } = await build(stands);
    const ingress = only(resources, "kubernetes:networking.k8s.io/v1:Ingress");
    const { annotations } = ingress.inputs["metadata"] as Metadata;
    expect(annotations["pulumi.com/skipAwait"]).toBe(skips);
  });

  test("sends only what asks for the host to the app, at the port of its Service", async () => {
    const { resources } = await build(true);
    const { spec } = only(resources, "kubernetes:networking.k8s.io/v1:Ingress").inputs;
    expect(spec).toEqual({
      rules: [
        {
          host: "version.example.com",
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: release.service, port: { number: release.port } } },
              },
            ],
          },
        },
      ],
    });
  });
});

describe("the edge", () => {
  test("has a record that leads to its address, and TLS 1.2 as the oldest", async () => {
    const { resources } = await build(true);
    expect(only(resources, "gcp:dns/recordSet").inputs).toMatchObject({
      name: "version.example.com.",
      type: "A",
      rrdatas: ["203.0.113.20"],
    });
    expect(only(resources, "gcp:compute/sSLPolicy").inputs).toMatchObject({
      profile: "MODERN",
      minTlsVersion: "TLS_1_2",
    });
  });

  test("names nothing that may have to be replaced before the old one goes", async () => {
    const { resources } = await build(true);
    for (const type of ["managedSslCertificate", "sSLPolicy", "securityPolicy"]) {
      for (const { inputs } of ofType(resources, `gcp:compute/${type}`)) {
        expect([type, inputs["name"]]).toEqual([type, undefined]);
      }
    }
  });

  test.each([
    ["a wildcard", "*.example.com", /plain name/],
    ["a name too long for a certificate", `${"a".repeat(60)}.example.com`, /63/],
  ])("refuses %s", async (_, host, message) => {
    await expect(build(true, host)).rejects.toThrow(message);
  });
});

describe("Cloud Armor", () => {
  const priorities = (settings: GcpArmorSettings) =>
    armorRules(settings).map(({ priority }) => Number(priority));

  test("turns away before it counts, since what is within a limit is let through at once", () => {
    const rules = armorRules({ ...armor, denyCidrs: ["192.0.2.0/24"] });
    const lastDeny = Math.max(
      ...rules
        .filter(({ action }) => action === "deny(403)")
        .map(({ priority }) => Number(priority)),
    );
    const firstLimit = Math.min(
      ...rules
        .filter(({ rateLimitOptions }) => rateLimitOptions !== undefined)
        .map(({ priority }) => Number(priority)),
    );
    expect(lastDeny).toBeLessThan(firstLimit);
  });

  test("ends in the rule that every policy must have, and has no priority twice", () => {
    const all = priorities({
      ...armor,
      denyCidrs: Array.from({ length: 25 }, (_, n) => `10.0.${n}.0/24`),
    });
    expect(all[all.length - 1]).toBe(2147483647);
    expect(new Set(all).size).toBe(all.length);
  });

  test("names at most ten ranges in a rule, and all of them", () => {
    const denyCidrs = Array.from({ length: 25 }, (_, n) => `10.0.${n}.0/24`);
    const ranges = armorRules({ ...armor, denyCidrs })
      .filter(({ description }) => description === "Turned away by settings")
      .map(({ match }) => (match as { config: { srcIpRanges: string[] } }).config.srcIpRanges);
    expect(ranges.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(ranges.flat()).toEqual(denyCidrs);
  });

  test.each(["preview", "enforce"] as const)("asks Google's rules for attacks: %s", (rules) => {
    const waf = armorRules({ ...armor, rules }).filter(({ match }) =>
      JSON.stringify(match).includes("evaluatePreconfiguredWaf"),
    );
    expect(waf.length).toBeGreaterThan(0);
    for (const { preview } of waf) expect(preview).toBe(rules === "preview");
  });

  test("bans who goes far over the limit of what machines send to, and nobody else", () => {
    const bans = armorRules(armor).filter(({ action }) => action === "rate_based_ban");
    expect(bans).toHaveLength(1);
    expect(bans[0]).toMatchObject({
      match: { expr: { expression: "request.path.startsWith('/usage_data')" } },
      rateLimitOptions: {
        enforceOnKey: "IP",
        rateLimitThreshold: { count: 60, intervalSec: 60 },
        banThreshold: { count: 600, intervalSec: 60 },
        banDurationSec: 600,
      },
    });
  });

  test.each<[string, Partial<GcpArmorSettings>, RegExp]>([
    [
      "six paths",
      { intake: { paths: Array.from({ length: 6 }, (_, n) => `/${n}`), requestsPerMinute: 60 } },
      /1 to 5/,
    ],
    [
      "a path that ends the expression",
      { intake: { paths: ["/x') || true"], requestsPerMinute: 60 } },
      /usage_data/,
    ],
    [
      "over a hundred ranges",
      { denyCidrs: Array.from({ length: 101 }, (_, n) => `10.0.${n}.0/24`) },
      /100/,
    ],
  ])("refuses %s", (_, more, message) => {
    expect(() => armorRules({ ...armor, ...more })).toThrow(message);
  });
});
