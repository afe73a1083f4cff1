/** Machines of Compute Engine. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { isIn } from "../../relations";
import { must, on, resourceRule, type Rule, type TypeToken } from "../../rule";
import * as t from "../../types";

const docs = "https://cloud.google.com/compute/docs";

function shielded(config: Value): ReturnType<typeof must>[] {
  return [
    must(config.at("enableSecureBoot").is(true), "Unsigned code can boot"),
    must(config.at("enableVtpm").or(true).is(true), "The boot is not measured"),
    must(config.at("enableIntegrityMonitoring").or(true).is(true), "A changed boot is not seen"),
  ];
}

/** Google's words for yes (https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#boolean). */
function isYes(value: Value): Truth {
  return value.test((word) => /^(true|yes|y|1)$/i.test(String(word)));
}

/** What the project says to all its machines at once. */
function projectWide(metadata: (key: string) => Value): ReturnType<typeof must>[] {
  return [
    must(
      any(metadata("enable-oslogin").absent, isYes(metadata("enable-oslogin"))),
      "People sign in by keys and not by identity",
    ),
    must(
      all(metadata("ssh-keys").absent, metadata("sshKeys").absent),
      "Keys of the whole project let people in",
    ),
    must(not(isYes(metadata("serial-port-enable"))), "The serial console takes logins"),
  ];
}

function login(metadata: Value, people: boolean): ReturnType<typeof must>[] {
  const isOn = (key: string): Truth => metadata.unknown ?? isYes(metadata.at(key));
  return [
    must(any(!people, isOn("enable-oslogin")), "People sign in by keys and not by identity"),
    must(isOn("block-project-ssh-keys"), "Keys of the whole project let people in"),
    must(not(isOn("serial-port-enable")), "The serial console takes logins"),
  ];
}

function ownAccount(given: boolean, email: Value<string>): ReturnType<typeof must> {
  return must(
    any(
      !given,
      all(
        email.given,
        not(
          email.matches(
            /-compute@developer\.gserviceaccount\.com$|@appspot\.gserviceaccount\.com$/,
          ),
        ),
      ),
    ),
    "The machine runs as the project's default account",
  );
}

export const gce: readonly Rule[] = [
  resourceRule(
    {
      id: "gce-shielded",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "Only signed boot code runs, and a changed one is seen",
      source: `CIS Google Cloud Foundation 3.0.0, 4.8: ${docs}/instances/modifying-shielded-vm`,
      fix: "Set enableSecureBoot, enableVtpm and enableIntegrityMonitoring",
    },
    on(t.gcpInstance, (p) => shielded(p.get("shieldedInstanceConfig"))),
    on(t.gcpInstanceTemplate, (p) => shielded(p.get("shieldedInstanceConfig"))),
    on(t.gcpRegionInstanceTemplate, (p) => shielded(p.get("shieldedInstanceConfig"))),
  ),
  resourceRule(
    {
      id: "gce-login-by-identity",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects:
        "People sign in to a machine by their own identity, and not by keys of the project or the serial console",
      source: `CIS Google Cloud Foundation 3.0.0, 4.3 to 4.5: ${docs}/oslogin`,
      fix: "Set metadata enable-oslogin: TRUE, block-project-ssh-keys: TRUE, serial-port-enable: FALSE",
    },
    on(t.gcpInstance, (p) => login(p.get("metadata") as Value, true)),
    // Workers have no people: the manager's key is put on them, and OS Login would refuse it.
    on(t.gcpInstanceTemplate, (p, resource) =>
      login(p.get("metadata") as Value, !isIn(resource, "runnerFleet")),
    ),
    on(t.gcpRegionInstanceTemplate, (p, resource) =>
      login(p.get("metadata") as Value, !isIn(resource, "runnerFleet")),
    ),
    on(t.gcpProjectMetadata, (p) => {
      const metadata = p.get("metadata") as Value;
      return projectWide((key) => metadata.at(key));
    }),
    on(t.gcpProjectMetadataItem, (p) => {
      const [key, value] = [p.get("key"), p.get("value") as Value];
      return projectWide((name) =>
        key.unknown === undefined && key.text === name ? value : key.at(name),
      );
    }),
  ),
  resourceRule(
    {
      id: "gce-own-account",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "A machine has an account of its own, with its own rights, or none",
      source: `CIS Google Cloud Foundation 3.0.0, 4.1 and 4.2: ${docs}/access/service-accounts#default_service_account`,
      fix: "Set serviceAccount.email to an account of the stack, or leave serviceAccount out",
    },
    on(t.gcpInstance, (p) =>
      ownAccount(p.get("serviceAccount").given, p.get("serviceAccount").get("email")),
    ),
    ...[t.gcpInstanceTemplate, t.gcpRegionInstanceTemplate].map((type) =>
      on(type, (p) =>
        ownAccount(
          p.get("serviceAccount").given,
          p.get("serviceAccount").at("email") as Value<string>,
        ),
      ),
    ),
  ),
  resourceRule(
    {
      id: "gce-no-forwarding",
      severity: "medium",
      level: "mandatory",
      theme: "compute",
      protects: "No machine passes on what is meant for another",
      source: `CIS Google Cloud Foundation 3.0.0, 4.6: ${docs.replace("compute", "vpc")}/using-routes#canipforward`,
      fix: "Leave canIpForward out",
    },
    on(t.gcpInstance, (p) =>
      must(not(p.get("canIpForward").or(false).is(true)), "The machine forwards"),
    ),
    ...[t.gcpInstanceTemplate, t.gcpRegionInstanceTemplate].map((type: TypeToken<unknown>) =>
      on(type, (p) => must(not(p.at("canIpForward").or(false).is(true)), "The machine forwards")),
    ),
    on(t.azureNetworkInterface, (p) =>
      must(not(p.get("enableIPForwarding").or(false).is(true)), "The machine forwards"),
    ),
    on(t.azureVirtualMachineScaleSet, (p) =>
      must(
        p
          .get("virtualMachineProfile")
          .get("networkProfile")
          .get("networkInterfaceConfigurations")
          .every((card) => not(card.get("enableIPForwarding").or(false).is(true))),
        "Workers forward",
      ),
    ),
  ),
];
