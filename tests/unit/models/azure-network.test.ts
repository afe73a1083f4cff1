/** What the models of Azure's networks, names, identities and locks let through and what they refuse. */
import { GUIDS, SUBSCRIPTION, Subscription, type Change } from "./azure-support";
import type { Known, Wire } from "../sandbox/support/client";

let azure: Subscription;
beforeEach(async () => {
  azure = await Subscription.open();
});
afterEach(() => azure.close());

const rule = (name: string, priority: number, more: Wire = {}): Wire => ({
  name,
  priority,
  access: "Allow",
  direction: "Inbound",
  protocol: "Tcp",
  sourceAddressPrefix: "Internet",
  sourcePortRange: "*",
  destinationAddressPrefix: "*",
  destinationPortRange: "443",
  ...more,
});
const group = (...securityRules: Wire[]): Promise<Known> =>
  azure.make("network:NetworkSecurityGroup", { securityRules });

describe("resource groups and networks", () => {
  test("ids have their true form, and the location is the provider's or the group's", async () => {
    const network = await azure.network();
    expect(network.id).toBe(
      `/subscriptions/${SUBSCRIPTION}/resourceGroups/gitlab/providers/Microsoft.Network/virtualNetworks/main`,
    );
    expect(network.outputs).toMatchObject({
      location: "westeurope",
      name: "main",
      type: "Microsoft.Network/virtualNetworks",
      azureApiVersion: "2024-05-01",
    });
  });

  test("names are the same in capitals", async () => {
    await azure.network();
    await expect(
      azure.make("network:VirtualNetwork", {
        virtualNetworkName: "MAIN",
        addressSpace: { addressPrefixes: ["10.1.0.0/16"] },
      }),
    ).rejects.toThrow(/exists/);
  });

  test("a group with something in it stays", async () => {
    await azure.network();
    await expect(azure.provider.delete(azure.group)).rejects.toThrow(/InUse/);
  });

  test("subnets lie in the network's range and apart", async () => {
    await azure.network();
    await azure.subnet("machine", "10.0.1.0/24");
    await expect(azure.subnet("other", "10.0.1.128/25")).rejects.toThrow(/conflicts with/);
    await expect(azure.subnet("outside", "10.1.0.0/24")).rejects.toThrow(/OutsideVnet/);
    await azure.subnet("other", "10.0.2.0/24");
  });

  test("Bastion's subnet has at least 64 addresses", async () => {
    await azure.network();
    await expect(azure.subnet("AzureBastionSubnet", "10.0.3.0/27")).rejects.toThrow(/\/26/);
    await azure.subnet("AzureBastionSubnet", "10.0.3.0/26");
  });

  test("a security group on Bastion's subnet lets through all that Bastion needs", async () => {
    await azure.network();
    const lone = await group(rule("https", 100));
    await expect(
      azure.subnet("AzureBastionSubnet", "10.0.3.0/26", { networkSecurityGroup: { id: lone.id } }),
    ).rejects.toThrow(/NotCompliantForAzureBastionSubnet/);
    const inbound = (peer: string, port: string, priority: number) =>
      rule(`in-${priority}`, priority, { sourceAddressPrefix: peer, destinationPortRange: port });
    const outbound = (peer: string, port: string, priority: number) =>
      rule(`out-${priority}`, priority, {
        direction: "Outbound",
        sourceAddressPrefix: "*",
        destinationAddressPrefix: peer,
        destinationPortRange: port,
      });
    const whole = await group(
      inbound("Internet", "443", 100),
      inbound("GatewayManager", "443", 110),
      inbound("AzureLoadBalancer", "443", 120),
      inbound("VirtualNetwork", "8080", 130),
      inbound("VirtualNetwork", "5701", 140),
      ...["22", "3389", "8080", "5701"].map((port, at) =>
        outbound("VirtualNetwork", port, 100 + at),
      ),
      outbound("AzureCloud", "443", 110),
      outbound("Internet", "80", 120),
    );
    await azure.subnet("AzureBastionSubnet", "10.0.3.0/26", {
      networkSecurityGroup: { id: whole.id },
    });
  });

  test("what is in use can't be deleted: network, security group, NAT gateway, address, subnet", async () => {
    const network = await azure.network();
    const rules = await group(rule("https", 100));
    const address = await azure.address();
    const gateway = await azure.make("network:NatGateway", {
      sku: { name: "Standard" },
      zones: ["1"],
      publicIpAddresses: [{ id: address.id }],
    });
    const subnet = await azure.subnet("machine", "10.0.1.0/24", {
      natGateway: { id: gateway.id },
      networkSecurityGroup: { id: rules.id },
    });
    const card = await azure.card(subnet.id);
    for (const object of [network, rules, address, gateway, subnet]) {
      await expect(azure.provider.delete(object)).rejects.toThrow(/InUse/);
    }
    for (const object of [card, subnet, gateway, address, rules, network]) {
      await azure.provider.delete(object);
    }
  });
});

describe("security groups", () => {
  test("priorities are unique in a direction, and free in the other", async () => {
    await expect(group(rule("a", 100), rule("b", 100))).rejects.toThrow(/SecurityRuleConflict/);
    await group(rule("a", 100), rule("b", 110), rule("c", 100, { direction: "Outbound" }));
  });

  test.each<[string, Wire, RegExp]>([
    ["with a priority below 100", rule("a", 99), /at least 100/],
    ["with a priority above 4096", rule("a", 4097), /at most 4096/],
    ["with a range of ports in words", rule("a", 100, { destinationPortRange: "https" }), /match/],
    ["of no direction", rule("a", 100, { direction: "Both" }), /Inbound/],
    [
      "with peers in two forms",
      rule("a", 100, { sourceAddressPrefixes: ["10.0.0.0/8"] }),
      /exactly one/,
    ],
    [
      "with a service tag among addresses",
      {
        ...rule("a", 100),
        sourceAddressPrefix: null as never,
        sourceAddressPrefixes: ["Internet"],
      },
      /match|exactly/,
    ],
    ["with a long description", rule("a", 100, { description: "x".repeat(141) }), /140/],
  ])("a rule %s is refused", async (_, wrong, message) => {
    await expect(group(wrong)).rejects.toThrow(message);
  });

  test("two rules of one name are refused", async () => {
    await expect(group(rule("a", 100), rule("a", 110))).rejects.toThrow(/same name/);
  });
});

describe("addresses", () => {
  test("an address is known, static and of the Standard SKU", async () => {
    const address = await azure.address({ dnsSettings: { domainNameLabel: "gitlab-dev" } });
    expect(address.outputs["ipAddress"]).toMatch(/^20\.\d+\.\d+\.\d+$/);
    expect(address.outputs["dnsSettings"]).toMatchObject({
      fqdn: "gitlab-dev.westeurope.cloudapp.azure.com",
    });
    await expect(azure.address({ sku: undefined })).rejects.toThrow(/retired/);
    await expect(azure.address({ publicIPAllocationMethod: "Dynamic" })).rejects.toThrow(/Static/);
  });

  test("zones stay, and the SKU makes another address", async () => {
    const address = await azure.address();
    await expect(azure.change(address, { zones: ["1"] })).rejects.toThrow(
      /PropertyChangeNotAllowed.*zones/,
    );
    const { inputs } = await azure.provider.check(
      address.urn,
      { ...address.inputs, sku: { name: "Standard", tier: "Global" } },
      address.inputs,
    );
    expect((await azure.provider.diff(address, inputs)).replaces).toEqual(["sku"]);
  });

  test("an address has one user", async () => {
    await azure.network();
    const subnet = await azure.subnet("machine", "10.0.1.0/24");
    const address = await azure.address();
    await azure.card(subnet.id, { publicIPAddress: { id: address.id } });
    await expect(azure.card(subnet.id, { publicIPAddress: { id: address.id } })).rejects.toThrow(
      /uses already/,
    );
  });

  test("a NAT gateway is in one zone, with addresses of that zone", async () => {
    const elsewhere = await azure.address({ zones: ["2"] });
    const gateway = (more: Wire) =>
      azure.make("network:NatGateway", { sku: { name: "Standard" }, ...more });
    await expect(gateway({ zones: ["1", "2"] })).rejects.toThrow(/at most 1/);
    await expect(
      gateway({ zones: ["1"], publicIpAddresses: [{ id: elsewhere.id }] }),
    ).rejects.toThrow(/NatGatewayZoneMismatch/);
    await gateway({ zones: ["2"], publicIpAddresses: [{ id: elsewhere.id }] });
  });
});

describe("interfaces and Bastion", () => {
  test("a private address is the subnet's, made up or given as static", async () => {
    await azure.network();
    const subnet = await azure.subnet("machine", "10.0.1.0/24");
    const card = await azure.card(subnet.id);
    expect(JSON.stringify(card.outputs["ipConfigurations"])).toMatch(
      /"privateIPAddress":"10\.0\.1\./,
    );
    await expect(azure.card(subnet.id, { privateIPAddress: "10.0.1.9" })).rejects.toThrow(/Static/);
    const fixed = { privateIPAllocationMethod: "Static", privateIPAddress: "10.0.2.9" };
    await expect(azure.card(subnet.id, fixed)).rejects.toThrow(/not inside the subnet/);
    await azure.card(subnet.id, { ...fixed, privateIPAddress: "10.0.1.9" });
  });

  test("Bastion stands in its subnet with a static address, and native clients need its second SKU", async () => {
    await azure.network();
    const [subnet, other] = [
      await azure.subnet("AzureBastionSubnet", "10.0.3.0/26"),
      await azure.subnet("machine", "10.0.1.0/24"),
    ];
    const address = await azure.address();
    const bastion = (id: string, more: Wire) =>
      azure.make("network:BastionHost", {
        ipConfigurations: [{ name: "main", subnet: { id }, publicIPAddress: { id: address.id } }],
        ...more,
      });
    await expect(bastion(other.id, { sku: { name: "Standard" } })).rejects.toThrow(/AzureBastion/);
    await expect(
      bastion(subnet.id, { sku: { name: "Basic" }, enableTunneling: true }),
    ).rejects.toThrow(/enableTunneling/);
    const made = await bastion(subnet.id, { sku: { name: "Standard" }, enableTunneling: true });
    expect(made.outputs["dnsName"]).toMatch(/^bst-.*\.bastion\.azure\.com$/);
    await expect(
      azure.change(made, { sku: { name: "Basic" }, enableTunneling: false }),
    ).rejects.toThrow(/downgraded/);
  });
});

describe("records", () => {
  const record = (more: Change) =>
    azure.make("dns:RecordSet", {
      resourceGroupName: "dns",
      zoneName: "example.com",
      relativeRecordSetName: "git",
      recordType: "A",
      ttl: 300,
      aRecords: [{ ipv4Address: "203.0.113.7" }],
      ...(more as Wire),
    });

  test("a record says its full name", async () => {
    expect((await record({})).outputs["fqdn"]).toBe("git.example.com.");
    expect((await record({ relativeRecordSetName: "@" })).outputs["fqdn"]).toBe("example.com.");
  });

  test.each<[string, Wire, RegExp]>([
    ["with an address that is none", { aRecords: [{ ipv4Address: "203.0.113" }] }, /IPv4/],
    ["with records of another type", { recordType: "AAAA" }, /aRecords/],
    ["without records", { aRecords: [] }, /can't be empty/],
    ["for no time", { ttl: 0 }, /at least 1/],
  ])("a record set %s is refused", async (_, wrong, message) => {
    await expect(record(wrong)).rejects.toThrow(message);
  });

  test("a CNAME stands alone, and never at the zone's own name", async () => {
    const cname = {
      recordType: "CNAME",
      aRecords: [],
      cnameRecord: { cname: "other.example.com" },
    };
    await expect(record({ ...cname, relativeRecordSetName: "@" })).rejects.toThrow(/own name/);
    await record({});
    await expect(record(cname)).rejects.toThrow(/other records/);
    await record({ ...cname, relativeRecordSetName: "alias" });
  });
});

describe("identities, roles and locks", () => {
  const role = (guid: string) =>
    `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
  const reader = role("acdd72a7-3385-48ef-bd42-f606fba81ae7");
  let identity: Known;
  beforeEach(async () => {
    identity = await azure.make("managedidentity:UserAssignedIdentity", {});
  });
  const assign = (more: Wire) =>
    azure.on("authorization:RoleAssignment", {
      scope: azure.group.id,
      principalId: identity.outputs["principalId"] as string,
      principalType: "ServicePrincipal",
      roleDefinitionId: reader,
      ...more,
    });

  test("a role is assigned once to a principal on a scope, by a name that is a GUID", async () => {
    const made = await assign({ roleAssignmentName: GUIDS.group });
    expect(made.id).toBe(
      `${azure.group.id}/providers/Microsoft.Authorization/roleAssignments/${GUIDS.group}`,
    );
    await expect(assign({ roleAssignmentName: GUIDS.other })).rejects.toThrow(/exists already/);
    await expect(assign({ roleAssignmentName: "reader" })).rejects.toThrow(/must match/);
    expect((await assign({ scope: identity.id })).id).toMatch(/roleAssignments\/[0-9a-f-]{36}$/);
  });

  test("roles and scopes that do not exist are refused, and a new principal has its type", async () => {
    await expect(assign({ roleDefinitionId: role(GUIDS.other) })).rejects.toThrow(
      /roleDefinitionId/,
    );
    await expect(assign({ scope: `${identity.id}x` })).rejects.toThrow(/scope refers to/);
    const untyped = azure.on("authorization:RoleAssignment", {
      scope: azure.group.id,
      principalId: identity.outputs["principalId"] as string,
      roleDefinitionId: reader,
    });
    await expect(untyped).rejects.toThrow(/PrincipalNotFound/);
  });

  test("a role of one's own is kept while it is assigned", async () => {
    const own = await azure.on("authorization:RoleDefinition", {
      scope: azure.group.id,
      roleName: "scale workers",
      assignableScopes: [azure.group.id],
      permissions: [{ actions: ["Microsoft.Compute/virtualMachineScaleSets/read"] }],
    });
    const made = await assign({ roleDefinitionId: own.id });
    await expect(azure.provider.delete(own)).rejects.toThrow(/InUse/);
    await azure.provider.delete(made);
    await azure.provider.delete(own);
  });

  test("a lock keeps its resource, what is beneath it and its group, and itself can be taken away", async () => {
    const disk = await azure.disk("repositories");
    const assigned = await assign({ scope: disk.id });
    const lock = await azure.on("authorization:ManagementLockByScope", {
      scope: disk.id,
      level: "CanNotDelete",
      lockName: "keep",
    });
    for (const kept of [disk, assigned, azure.group]) {
      await expect(azure.provider.delete(kept)).rejects.toThrow(/ScopeLocked/);
    }
    await azure.change(disk, { tags: { owner: "tests" } });
    await azure.provider.delete(identity);
    await azure.provider.delete(lock);
    await azure.provider.delete(assigned);
    await azure.provider.delete(disk);
  });

  test("a group's lock keeps all in it; one that reads only refuses changes and additions too", async () => {
    const disk = await azure.disk("state");
    const lock = await azure.on("authorization:ManagementLockByScope", {
      scope: azure.group.id,
      level: "ReadOnly",
    });
    await expect(azure.provider.delete(disk)).rejects.toThrow(/ScopeLocked/);
    await expect(azure.change(disk, { diskSizeGB: 128 })).rejects.toThrow(/ScopeLocked/);
    await expect(azure.disk("more")).rejects.toThrow(/ScopeLocked/);
    await azure.change(lock, { level: "CanNotDelete" });
    await azure.change(disk, { diskSizeGB: 128 });
    await expect(azure.provider.delete(disk)).rejects.toThrow(/ScopeLocked/);
  });
});
