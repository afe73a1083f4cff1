/** Rules between the settings of `version`. What is wrong by itself is missing here and was already said. */
import { leastMaintenanceHours, maintenanceHours } from "../../components/cluster/maintenance";
import { isSmallerTier } from "../../components/managed-data/gcp-database-args";
import { parseCidr } from "../shared/cidr";
import { databaseRules } from "../shared/gcp-data-settings";
import { customTierRefusal, googleRanges } from "../shared/gcp-fields";
import { disjoint } from "../shared/rules";
import type { Refuse } from "../shared/settings";
import type { VersionSettings } from "./settings";

/** Checks everything that is there against everything else. */
export function versionRules(settings: Partial<VersionSettings>, refuse: Refuse): void {
  placeRules(settings, refuse);
  replicaRules(settings, refuse);
  networkRules(settings, refuse);
  clusterRules(settings, refuse);
  appRules(settings, refuse);
  if (settings.database !== undefined) databaseRules(settings.database, refuse);
}

function placeRules(
  { region: home, zones, database, backup }: Partial<VersionSettings>,
  refuse: Refuse,
): void {
  const inRegion = (zone: string, path: readonly PropertyKey[]) => {
    if (home !== undefined && !zone.startsWith(`${home}-`))
      refuse(path, `a zone of region ${home}`);
  };
  zones?.forEach((zone, index) => {
    inRegion(zone, ["zones", index]);
    if (zones.indexOf(zone) !== index) refuse(["zones", index], "three zones that differ");
  });
  if (backup !== undefined && backup.region === home) {
    refuse(["backup", "region"], `a region other than ${home}: backups must outlive it`);
  }
  if (database === undefined) return;
  const { zone, standbyZone, replicaZones } = database;
  inRegion(zone, ["database", "zone"]);
  inRegion(standbyZone, ["database", "standbyZone"]);
  if (standbyZone === zone) {
    refuse(["database", "standbyZone"], `a zone other than the primary's, ${zone}`);
  }
  replicaZones.forEach((replica, index) => {
    const path = ["database", "replicaZones", index];
    inRegion(replica, path);
    if (replica === zone) refuse(path, `a zone other than the primary's, ${zone}`);
    if (replicaZones.indexOf(replica) !== index) refuse(path, "a zone for each replica");
  });
}

function replicaRules({ database }: Partial<VersionSettings>, refuse: Refuse): void {
  if (database === undefined) return;
  const { replicaTier, replicaNames, replicaZones, tier } = database;
  if (replicaTier !== undefined) {
    const custom = (name: string) => name.startsWith("db-custom-");
    const wrong = customTierRefusal(replicaTier);
    if (wrong !== undefined) refuse(["database", "replicaTier"], wrong);
    else if (custom(replicaTier) !== custom(tier)) {
      refuse(["database", "replicaTier"], `a tier of the same edition as the primary's, ${tier}`);
    }
    // A smaller one falls behind, and is no place to go to when the primary is lost.
    else if (isSmallerTier(replicaTier, tier)) {
      refuse(["database", "replicaTier"], `a tier no smaller than the primary's, ${tier}`);
    }
  }
  for (const place of Object.keys(replicaNames)) {
    if (!replicaZones.includes(place)) {
      refuse(["database", "replicaNames", place], `a zone of database.replicaZones`);
    }
  }
}

function networkRules({ network }: Partial<VersionSettings>, refuse: Refuse): void {
  if (network === undefined) return;
  const own = [
    { path: ["network", "nodesCidr"], cidr: network.nodesCidr, least: 16, most: 26 },
    { path: ["network", "podsCidr"], cidr: network.podsCidr, least: 14, most: 21 },
    {
      path: ["network", "clusterServicesCidr"],
      cidr: network.clusterServicesCidr,
      least: 16,
      most: 24,
    },
    { path: ["network", "servicesCidr"], cidr: network.servicesCidr, least: 16, most: 24 },
  ];
  googleRanges(own, refuse);
  disjoint(
    [...own, ...network.peers.map((cidr, index) => ({ path: ["network", "peers", index], cidr }))],
    refuse,
  );
}

function clusterRules({ cluster, network }: Partial<VersionSettings>, refuse: Refuse): void {
  if (cluster === undefined) return;
  const { days, hours } = cluster.maintenance;
  days.forEach((day, index) => {
    if (days.indexOf(day) !== index) {
      refuse(["cluster", "maintenance", "days", index], "days that differ");
    }
  });
  if (maintenanceHours({ days, hours }) < leastMaintenanceHours) {
    refuse(
      ["cluster", "maintenance", "hours"],
      `windows of at least ${leastMaintenanceHours} hours in 32 days`,
    );
  }
  const { minPerZone, maxPerZone } = cluster.pool;
  if (maxPerZone < minPerZone) {
    refuse(["cluster", "pool", "maxPerZone"], `at least cluster.pool.minPerZone ${minPerZone}`);
  }
  const pods = network === undefined ? undefined : parseCidr(network.podsCidr);
  if (pods === undefined || pods.bits > 24) return;
  // A node takes a /24. While the pool is replaced or upgraded, the new nodes stand beside the old ones.
  const nodes = 2 ** (24 - pods.bits);
  const most = Math.floor(nodes / 3) - minPerZone;
  if (maxPerZone > most) {
    refuse(
      ["cluster", "pool", "maxPerZone"],
      `at most ${Math.max(most, 0)} with network.podsCidr of /${pods.bits}: a node takes a /24, and new ones stand beside the old ones while the pool is replaced`,
    );
  }
}

function appRules({ app, armor }: Partial<VersionSettings>, refuse: Refuse): void {
  armor?.denyCidrs.forEach((cidr, index) => {
    if (parseCidr(cidr)?.bits === 0) {
      refuse(["armor", "denyCidrs", index], "networks, not the whole internet");
    }
    if (armor.denyCidrs.indexOf(cidr) !== index) {
      refuse(["armor", "denyCidrs", index], "networks that differ");
    }
  });
  if (app === undefined) return;
  if (app.pods.max < app.pods.min) {
    refuse(["app", "pods", "max"], `at least app.pods.min ${app.pods.min}`);
  }
  if (app.registry !== undefined && !app.image.startsWith(`${app.registry.host}/`)) {
    refuse(["app", "registry", "host"], `the host of app.image, ${app.image.split("/")[0] ?? ""}`);
  }
  app.readConnections.forEach((name, index) => {
    if (app.readConnections.indexOf(name) !== index) {
      refuse(["app", "readConnections", index], "names that differ");
    }
    if (name === "primary") {
      refuse(["app", "readConnections", index], "a connection that only reads, not primary");
    }
  });
  if (app.size.cpuLimitMillis < app.size.cpuMillis) {
    refuse(["app", "size", "cpuLimitMillis"], `at least app.size.cpuMillis ${app.size.cpuMillis}`);
  }
  const names = Object.entries(app.environmentNames);
  names.forEach(([key, name], index) => {
    if (names.findIndex(([, other]) => other === name) !== index) {
      refuse(["app", "environmentNames", key], "names that differ");
    }
    if (name in app.environment) {
      refuse(["app", "environment", name], "variables that nothing here sets itself");
    }
  });
}
