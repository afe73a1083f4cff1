import { declared, ofType, only, valueOf, type Declared } from "../../support/cloud-mocks";
import { GcpMachineIdentity } from "../../../components/identity/gcp";
import { GcpFirewall, GcpNetwork, iapRange } from "../../../components/network/gcp";
import { GcpApis } from "../../../components/shared/gcp-apis";
import { flows, parties } from "../../../environments/ops/flows";

const site = {
  prefix: "gitlab-test",
  environment: "ops",
  protection: true,
  runbooks: "https://example.com/runbooks",
};

describe("the network", () => {
  const build = () =>
    declared(
      (opts) =>
        new GcpNetwork(
          "network",
          {
            site,
            region: "us-east1",
            subnets: { machine: "10.40.0.0/24", runners: "10.40.16.0/20" },
            servicesCidr: "10.41.0.0/20",
          },
          opts,
        ),
    );

  test("has its own subnets only, each with private Google access and flow logs", async () => {
    const { resources } = await build();
    expect(only(resources, "gcp:compute/network").inputs).toMatchObject({
      autoCreateSubnetworks: false,
    });
    const subnets = ofType(resources, "gcp:compute/subnetwork");
    expect(subnets.map(({ inputs }) => inputs["ipCidrRange"])).toEqual([
      "10.40.0.0/24",
      "10.40.16.0/20",
    ]);
    for (const { inputs } of subnets) {
      expect(inputs["privateIpGoogleAccess"]).toBe(true);
      expect(inputs["logConfig"]).toMatchObject({ metadata: "INCLUDE_ALL_METADATA" });
    }
  });

  test("lets every subnet out through one NAT that shares ports out as they are needed", async () => {
    const { resources } = await build();
    const { inputs } = only(resources, "gcp:compute/routerNat");
    expect(inputs["sourceSubnetworkIpRangesToNat"]).toBe("LIST_OF_SUBNETWORKS");
    expect(inputs["subnetworks"]).toHaveLength(2);
    // Dynamic allocation wants powers of two, the least below the most.
    const [least, most] = [Number(inputs["minPortsPerVm"]), Number(inputs["maxPortsPerVm"])];
    expect([Math.log2(least) % 1, Math.log2(most) % 1, least < most]).toEqual([0, 0, true]);
    // The two can't be had together.
    expect(inputs["enableEndpointIndependentMapping"]).toBe(false);
  });

  test("gives Google's services exactly the range of the settings", async () => {
    const { made, resources } = await build();
    expect(only(resources, "gcp:compute/globalAddress").inputs).toMatchObject({
      address: "10.41.0.0",
      prefixLength: 20,
      purpose: "VPC_PEERING",
      addressType: "INTERNAL",
    });
    expect(await valueOf(made.servicesRange)).toBe("gitlab-test-services");
    expect(only(resources, "gcp:servicenetworking/connection").inputs).toMatchObject({
      reservedPeeringRanges: ["gitlab-test-services"],
    });
  });
});

describe("the firewall", () => {
  const settings = { hostSshPort: 2022, smtp: { port: 587 }, runners: [1] };
  const build = (given = settings) =>
    declared(
      (opts) =>
        new GcpFirewall(
          "firewall",
          {
            networkId: "network",
            parties: {
              gitlab: {
                kind: "machines",
                serviceAccountEmails: ["gitlab@p.iam.gserviceaccount.com"],
                cidr: "10.40.0.0/24",
              },
              "runner-manager": {
                kind: "machines",
                serviceAccountEmails: ["one@p.iam", "two@p.iam"],
                cidr: "10.40.16.0/20",
              },
              "runner-worker": { kind: "tagged", tag: "worker", cidr: "10.40.16.0/20" },
              database: { kind: "ranges", cidrs: ["10.41.0.0/20"] },
              cache: { kind: "ranges", cidrs: ["10.41.0.0/20"] },
              iap: { kind: "ranges", cidrs: [iapRange] },
            },
            flows: flows(given, 6378),
          },
          opts,
        ),
    );
  const rules = async () => ofType((await build()).resources, "gcp:compute/firewall");
  const open = ({ inputs }: Declared) =>
    (inputs["allows"] as { ports?: string[] }[] | undefined)?.flatMap(({ ports }) => ports ?? []);

  test("opens HTTPS, the redirect and Git over SSH to the internet, and nothing else", async () => {
    const world = (await rules()).filter(
      ({ inputs }) =>
        inputs["direction"] === "INGRESS" &&
        (inputs["sourceRanges"] as string[] | undefined)?.includes("0.0.0.0/0"),
    );
    expect(world.flatMap((rule) => open(rule) ?? []).sort()).toEqual(["22", "443", "80"]);
    for (const { inputs } of world) {
      expect(inputs["targetServiceAccounts"]).toEqual(["gitlab@p.iam.gserviceaccount.com"]);
    }
  });

  test("lets people onto the host's sshd through Identity-Aware Proxy alone", async () => {
    const ssh = (await rules()).filter((rule) => open(rule)?.includes("2022"));
    expect(ssh.map(({ inputs }) => [inputs["direction"], inputs["sourceRanges"]])).toEqual([
      ["INGRESS", ["35.235.240.0/20"]],
    ]);
  });

  test("refuses whatever no flow lets out, after every rule that does, and logs it", async () => {
    const all = await rules();
    const deny = all.filter(({ inputs }) => inputs["denies"] !== undefined);
    expect(deny).toHaveLength(1);
    expect(deny[0]?.inputs).toMatchObject({
      direction: "EGRESS",
      destinationRanges: ["0.0.0.0/0"],
      denies: [{ protocol: "all" }],
      logConfig: { metadata: "INCLUDE_ALL_METADATA" },
    });
    expect(deny[0]?.inputs["targetServiceAccounts"]).toBeUndefined();
    for (const { inputs } of all.filter((rule) => !deny.includes(rule))) {
      expect(Number(inputs["priority"])).toBeLessThan(Number(deny[0]?.inputs["priority"]));
    }
  });

  test("never has accounts and tags in one rule, which Compute Engine refuses", async () => {
    for (const { inputs } of await rules()) {
      const accounts = inputs["targetServiceAccounts"] ?? inputs["sourceServiceAccounts"];
      const tags = inputs["targetTags"] ?? inputs["sourceTags"];
      expect([accounts === undefined, tags === undefined]).not.toEqual([false, false]);
    }
  });

  test("lets managers alone reach workers: of their subnet, nobody else may leave for port 22", async () => {
    const all = await rules();
    const into = all.filter(({ inputs }) => inputs["targetTags"] !== undefined);
    const port22 = into.filter((rule) => open(rule)?.includes("22"));
    expect(port22.map(({ inputs }) => [inputs["direction"], inputs["sourceRanges"]])).toEqual([
      ["INGRESS", ["10.40.16.0/20"]],
    ]);
    const out22 = all.filter(
      (rule) => rule.inputs["direction"] === "EGRESS" && open(rule)?.includes("22"),
    );
    expect(out22.map(({ inputs }) => inputs["targetServiceAccounts"])).toEqual([
      ["one@p.iam", "two@p.iam"],
    ]);
  });

  test("reaches database and cache by address, on their ports", async () => {
    const data = (await rules()).filter(({ inputs }) =>
      (inputs["destinationRanges"] as string[] | undefined)?.includes("10.41.0.0/20"),
    );
    expect(data.flatMap((rule) => open(rule) ?? []).sort()).toEqual(["5432", "6378"]);
  });

  test("without runners has no rule for them, without mail none for it", async () => {
    const { resources } = await build({ ...settings, smtp: undefined, runners: [] } as never);
    const names = ofType(resources, "gcp:compute/firewall").map(({ name }) => name);
    expect(names.filter((name) => /runner|587/.test(name))).toEqual([]);
  });

  test("a flow between two places outside of the network is refused", async () => {
    await expect(
      declared(
        (opts) =>
          new GcpFirewall(
            "firewall",
            {
              networkId: "network",
              parties: { iap: { kind: "ranges", cidrs: [iapRange] } },
              flows: [{ from: "iap", to: "internet", port: 443, why: "none" }],
            },
            opts,
          ),
      ),
    ).rejects.toThrow(/no side of it is a machine/);
  });

  test("every flow names parties that there are", () => {
    const known = new Set<string>([...parties, "internet"]);
    for (const { from, to } of flows(settings, 6378)) {
      expect([known.has(from), known.has(to)]).toEqual([true, true]);
    }
  });
});

describe("a machine's identity", () => {
  test("may sign for itself on its own account, and not in the project", async () => {
    const { resources } = await declared(
      (opts) =>
        new GcpMachineIdentity(
          "gitlab",
          {
            site,
            project: "project",
            machine: "gitlab",
            description: "GitLab",
            projectRoles: ["roles/monitoring.metricWriter"],
            signsForItself: true,
          },
          opts,
        ),
    );
    expect(only(resources, "gcp:serviceaccount/iAMMember").inputs).toMatchObject({
      serviceAccountId:
        "projects/project/serviceAccounts/gitlab-test-gitlab@project.iam.gserviceaccount.com",
      role: "roles/iam.serviceAccountTokenCreator",
      member: "serviceAccount:gitlab-test-gitlab@project.iam.gserviceaccount.com",
    });
    expect(ofType(resources, "gcp:projects/iAMMember").map(({ inputs }) => inputs["role"])).toEqual(
      ["roles/monitoring.metricWriter"],
    );
  });
});

test("APIs stay on when a stack goes: others in the project may use them", async () => {
  const { resources } = await declared(
    (opts) => new GcpApis("apis", { project: "project", services: ["compute", "dns"] }, opts),
  );
  expect(resources.map(({ inputs }) => [inputs["service"], inputs["disableOnDestroy"]])).toEqual([
    ["compute.googleapis.com", false],
    ["dns.googleapis.com", false],
  ]);
});
