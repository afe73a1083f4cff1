import { declared, ofType, only, valueOf } from "../../support/cloud-mocks";
import { AzureBastion, AzureNetwork, AzureSiteAddress } from "../../../components/network/azure";
import { azureRules, type AzureParty } from "../../../components/network/azure-flows";
import type { Flow } from "../../../components/network/contract";
import { flows, services } from "../../../environments/dev/flows";

const site = {
  prefix: "gitlab-test",
  environment: "dev",
  protection: true,
  runbooks: "https://example.com/runbooks",
};
const place = {
  subscriptionId: "00000000-0000-4000-8000-000000000001",
  location: "eastus2",
  groupName: "gitlab-test",
  resourceGroupName: "gitlab-test",
};
const subnets = { machine: "10.30.0.0/24", runners: "10.30.4.0/22", bastion: "10.30.1.0/26" };
const table = flows({ hostSshPort: 2022, smtp: { port: 587 }, runners: [{}] });
const parties = {
  ...Object.fromEntries(
    Object.entries(subnets).map(([name, cidr]) => [name, { kind: "subnet", cidr }]),
  ),
  ...Object.fromEntries(
    Object.entries(services).map(([name, tag]) => [name, { kind: "service", tag }]),
  ),
} as unknown as Record<keyof typeof subnets | keyof typeof services, AzureParty>;

describe("the rules of a security group", () => {
  const rules = azureRules(parties, table);

  test("end with a refusal in either direction, after everything that is allowed", () => {
    expect([...rules.keys()]).toEqual(["machine", "runners", "bastion"]);
    for (const list of rules.values()) {
      for (const direction of ["Inbound", "Outbound"]) {
        const own = list.filter((rule) => rule.direction === direction);
        const last = own.reduce((one, other) => (one.priority > other.priority ? one : other));
        expect(last).toMatchObject({
          access: "Deny",
          protocol: "*",
          priority: 4096,
          sourceAddressPrefix: "*",
          destinationAddressPrefix: "*",
          destinationPortRange: "*",
        });
      }
    }
  });

  test("have the form that Azure takes: names, texts and a priority of their own each", () => {
    for (const list of rules.values()) {
      for (const rule of list) {
        expect(rule.name).toMatch(/^[A-Za-z0-9][\w.-]{0,78}\w$/);
        expect(rule.description.length).toBeLessThanOrEqual(140);
        expect(rule.priority).toBeGreaterThanOrEqual(100);
      }
      const places = list.map(({ direction, priority }) => `${direction} ${priority}`);
      expect(new Set(places).size).toBe(places.length);
      expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
    }
  });

  test("open HTTPS, its redirect and Git over SSH to the internet, and nothing else of a machine", () => {
    const open = ["machine", "runners"].flatMap((party) =>
      (rules.get(party as "machine") ?? [])
        .filter(
          ({ access, direction, sourceAddressPrefix }) =>
            access === "Allow" && direction === "Inbound" && sourceAddressPrefix === "Internet",
        )
        .map(({ destinationPortRange }) => `${party} ${destinationPortRange}`),
    );
    expect(open.sort()).toEqual(["machine 22", "machine 443", "machine 80"]);
  });

  test("let administrators come to the host's own sshd from Bastion's subnet alone", () => {
    const ssh = (rules.get("machine") ?? []).filter(
      ({ destinationPortRange }) => destinationPortRange === "2022",
    );
    expect(ssh).toHaveLength(1);
    expect(ssh[0]).toMatchObject({ direction: "Inbound", sourceAddressPrefix: subnets.bastion });
  });

  test("have all that Azure asks of Bastion's subnet", () => {
    const found = (rules.get("bastion") ?? [])
      .filter(({ access }) => access === "Allow")
      .map(
        (rule) =>
          `${rule.direction} ${rule.sourceAddressPrefix}>${rule.destinationAddressPrefix}:${rule.destinationPortRange}`,
      );
    // https://learn.microsoft.com/azure/bastion/bastion-nsg
    expect(found).toEqual(
      expect.arrayContaining([
        "Inbound Internet>*:443",
        "Inbound GatewayManager>*:443",
        "Inbound AzureLoadBalancer>*:443",
        "Inbound VirtualNetwork>VirtualNetwork:8080",
        "Inbound VirtualNetwork>VirtualNetwork:5701",
        "Outbound VirtualNetwork>VirtualNetwork:22",
        "Outbound VirtualNetwork>VirtualNetwork:3389",
        "Outbound *>AzureCloud:443",
        "Outbound VirtualNetwork>VirtualNetwork:8080",
        "Outbound VirtualNetwork>VirtualNetwork:5701",
        "Outbound *>Internet:80",
      ]),
    );
  });

  test("refuse a flow that no subnet is a side of", () => {
    const strange: Flow<keyof typeof parties>[] = [
      { from: "internet", to: "azure-cloud", port: 443, why: "nothing of ours" },
    ];
    expect(() => azureRules(parties, strange)).toThrow(/no side of it is a machine/);
  });

  test("leave out what the settings have no use for", () => {
    const bare = azureRules(parties, flows({ hostSshPort: 2022, runners: [] }));
    expect((bare.get("runners") ?? []).every(({ access }) => access === "Deny")).toBe(true);
    const ports = (bare.get("machine") ?? []).map(
      ({ destinationPortRange }) => destinationPortRange,
    );
    expect(ports).not.toContain("587");
  });
});

describe("the network", () => {
  const build = () =>
    declared(
      (opts) =>
        new AzureNetwork(
          "network",
          { site, place, zone: "2", cidr: "10.30.0.0/20", subnets, services, flows: table },
          opts,
        ),
    );

  test("gives every subnet rules, and all but Bastion's one way out", async () => {
    const { resources } = await build();
    const made = ofType(resources, "azure-native:network:Subnet");
    expect(made.map(({ inputs }) => inputs["subnetName"])).toEqual([
      "machine",
      "runners",
      "AzureBastionSubnet",
    ]);
    for (const { inputs } of made) {
      expect(inputs["networkSecurityGroup"]).toHaveProperty("id");
      const bastion = inputs["subnetName"] === "AzureBastionSubnet";
      expect("natGateway" in inputs).toBe(!bastion);
      expect(inputs["defaultOutboundAccess"]).toBe(bastion ? undefined : false);
    }
  });

  test("goes out in the machines' zone, with an address that no zone takes away", async () => {
    const { made, resources } = await build();
    expect(only(resources, "azure-native:network:NatGateway").inputs["zones"]).toEqual(["2"]);
    expect(only(resources, "azure-native:network:PublicIPAddress").inputs).toMatchObject({
      zones: ["1", "2", "3"],
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
    });
    expect(await valueOf(made.outboundAddress)).toBe("203.0.113.10");
  });

  test("has Bastion on the SKU that reaches another port than 22, with no links to share", async () => {
    const { resources } = await declared(
      (opts) => new AzureBastion("bastion", { site, place, subnetId: "subnet", ready: [] }, opts),
    );
    expect(only(resources, "azure-native:network:BastionHost").inputs).toMatchObject({
      sku: { name: "Standard" },
      enableTunneling: true,
      enableShareableLink: false,
    });
  });
});

describe("the site's address", () => {
  const build = (hosts: string[]) =>
    declared(
      (opts) =>
        new AzureSiteAddress(
          "site",
          { site, place, hosts, zone: { name: "example.com", resourceGroup: "dns" } },
          opts,
        ),
    );

  test("has a name in the zone's own group for each host, the zone's own too", async () => {
    const { resources } = await build(["example.com", "registry.dev.example.com"]);
    expect(
      ofType(resources, "azure-native:dns:RecordSet").map(({ inputs }) => [
        inputs["resourceGroupName"],
        inputs["relativeRecordSetName"],
        inputs["aRecords"],
      ]),
    ).toEqual([
      ["dns", "@", [{ ipv4Address: "203.0.113.10" }]],
      ["dns", "registry.dev", [{ ipv4Address: "203.0.113.10" }]],
    ]);
  });

  test("takes no host of another zone", async () => {
    await expect(build(["dev.notexample.com"])).rejects.toThrow(/not in zone example.com/);
  });
});
