/** Cloud DNS: records whose answer depends on who asks, on weights or on health. */
import { NETWORK, block, blocks, bool, linkTo, list, num, oneOf, str } from "./common";
import type { PropertyModel } from "../../model";

const IPV4 = "\\d+\\.\\d+\\.\\d+\\.\\d+";

const targets = (more = {}): PropertyModel =>
  block(
    {
      externalEndpoints: list(str({ pattern: IPV4, example: "203.0.113.10" })),
      internalLoadBalancers: blocks({
        ipAddress: str({ required: true, format: "ipv4" }),
        ipProtocol: oneOf(["tcp", "udp"], { required: true }),
        loadBalancerType: oneOf(["regionalL4ilb", "regionalL7ilb", "globalL7ilb"]),
        networkUrl: linkTo(NETWORK, { required: true }),
        port: str({ required: true, pattern: "\\d{1,5}", example: "443" }),
        project: str({ required: true }),
        region: str(),
      }),
    },
    more,
  );
const rrdatas = list(str({ minLength: 1 }));
const geo = {
  healthCheckedTargets: targets(),
  location: str({ required: true, example: "europe-west4" }),
  rrdatas,
};

/** `routingPolicy` of a record set. */
export const routingPolicy: PropertyModel = block(
  {
    enableGeoFencing: bool({ conflicts: ["wrrs", "primaryBackup"] }),
    geos: blocks(geo, { exactlyOneOf: ["wrrs", "primaryBackup"] }),
    healthCheck: str({ replace: true }),
    primaryBackup: block(
      {
        backupGeos: blocks(geo, { required: true }),
        enableGeoFencingForBackups: bool(),
        primary: targets({ required: true }),
        trickleRatio: num({ min: 0, max: 1 }),
      },
      { conflicts: ["enableGeoFencing"], exactlyOneOf: ["wrrs", "geos"] },
    ),
    wrrs: blocks(
      {
        healthCheckedTargets: targets(),
        rrdatas,
        weight: num({ required: true, min: 0 }),
      },
      { conflicts: ["enableGeoFencing"], exactlyOneOf: ["geos", "primaryBackup"] },
    ),
  },
  { exactlyOneOf: ["rrdatas"] },
);
