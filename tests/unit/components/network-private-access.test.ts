import { declared, ofType, only } from "../../support/cloud-mocks";
import { GcpNetwork } from "../../../components/network/gcp";
import { GcpPrivateAccess, googleApisRange } from "../../../components/network/gcp-private-access";

/** First and last address of a range, as numbers. */
function bounds(cidr: string): readonly [number, number] {
  const [address = "", bits = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(number(address) / size) * size;
  return [first, first + size - 1];
}

function number(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

const build = (domains?: string[]) =>
  declared(
    (opts) =>
      new GcpPrivateAccess(
        "private-access",
        {
          networkId: "projects/p/global/networks/n",
          ...(domains === undefined ? {} : { domains }),
        },
        opts,
      ),
  );

const records = async (domains?: string[]) =>
  ofType((await build(domains)).resources, "gcp:dns/recordSet").map(({ inputs }) => inputs);

describe("Google's APIs", () => {
  test("have their own zone for this network alone", async () => {
    const { resources } = await build();
    expect(only(resources, "gcp:dns/managedZone").inputs).toMatchObject({
      dnsName: "googleapis.com.",
      visibility: "private",
      privateVisibilityConfig: { networks: [{ networkUrl: "projects/p/global/networks/n" }] },
    });
  });

  test("all lead to Google's name for the range", async () => {
    expect(await records()).toContainEqual(
      expect.objectContaining({
        name: "*.googleapis.com.",
        type: "CNAME",
        rrdatas: ["private.googleapis.com."],
      }),
    );
  });

  test.each([["googleapis.com"], ["pkg.dev"]])(
    "%s is at every address of the range that policies name, and at no other",
    async (domain) => {
      const [address] = (await records([domain])).filter(({ type }) => type === "A");
      const [first, last] = bounds(googleApisRange);
      expect((address?.["rrdatas"] as string[]).map(number)).toEqual(
        Array.from({ length: last - first + 1 }, (_, index) => first + index),
      );
    },
  );

  test("another domain's names lead to the domain itself, since private.googleapis.com is not in it", async () => {
    const found = await records(["pkg.dev"]);
    expect(found.map(({ name, type }) => [name, type])).toEqual([
      ["pkg.dev.", "A"],
      ["*.pkg.dev.", "CNAME"],
    ]);
    expect(found[1]?.["rrdatas"]).toEqual(["pkg.dev."]);
  });

  test("each domain has a zone of its own", async () => {
    const { resources } = await build(["googleapis.com", "gcr.io", "pkg.dev"]);
    expect(ofType(resources, "gcp:dns/managedZone")).toHaveLength(3);
    const zones = ofType(resources, "gcp:dns/recordSet").map(({ inputs }) => inputs["managedZone"]);
    expect(new Set(zones).size).toBe(3);
  });
});

describe("a subnet with several ranges", () => {
  const network = () =>
    declared(
      (opts) =>
        new GcpNetwork(
          "network",
          {
            site: {
              prefix: "gitlab-test",
              environment: "version",
              protection: true,
              runbooks: "https://example.com/runbooks",
            },
            region: "us-east1",
            subnets: {
              nodes: {
                cidr: "10.50.0.0/22",
                secondary: { pods: "10.52.0.0/16", services: "10.51.0.0/20" },
              },
              plain: "10.49.0.0/24",
            },
            servicesCidr: "10.48.0.0/20",
          },
          opts,
        ),
    );

  test("has its secondary ranges by the names that a cluster finds them by", async () => {
    const { resources } = await network();
    const [nodes, plain] = ofType(resources, "gcp:compute/subnetwork");
    expect(nodes?.inputs).toMatchObject({
      ipCidrRange: "10.50.0.0/22",
      secondaryIpRanges: [
        { rangeName: "pods", ipCidrRange: "10.52.0.0/16" },
        { rangeName: "services", ipCidrRange: "10.51.0.0/20" },
      ],
    });
    expect(plain?.inputs).not.toHaveProperty("secondaryIpRanges");
  });

  test("is known to others by the range that its machines are in", async () => {
    const { made } = await network();
    expect(made.subnetCidrs).toEqual({ nodes: "10.50.0.0/22", plain: "10.49.0.0/24" });
  });

  test("has a way out for its pods too", async () => {
    const { resources } = await network();
    const { inputs } = only(resources, "gcp:compute/routerNat");
    for (const subnet of inputs["subnetworks"] as { sourceIpRangesToNats: string[] }[]) {
      expect(subnet.sourceIpRangesToNats).toEqual(["ALL_IP_RANGES"]);
    }
  });
});
