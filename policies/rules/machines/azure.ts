/** Machines of Azure. */
import { not, type Value } from "../../reader";
import { must, on, resourceRule, type Rule } from "../../rule";
import * as t from "../../types";
import { says } from "../words";

const azure = "https://learn.microsoft.com/en-us/azure/virtual-machines";

function trusted(profile: Value): ReturnType<typeof must>[] {
  return [
    must(
      profile.at("securityType").isOneOf("TrustedLaunch", "ConfidentialVM"),
      "The machine boots anything",
    ),
    must(profile.at("uefiSettings").at("secureBootEnabled").is(true), "Unsigned code can boot"),
    must(profile.at("uefiSettings").at("vTpmEnabled").is(true), "The boot is not measured"),
  ];
}

function keysOnly(profile: Value): ReturnType<typeof must>[] {
  return [
    must(
      profile.at("linuxConfiguration").at("disablePasswordAuthentication").is(true),
      "Passwords are taken",
    ),
    must(profile.at("adminPassword").absent, "The machine has a password"),
    must(
      profile.at("allowExtensionOperations").is(false),
      "Extensions may run code on the machine",
    ),
  ];
}

export const azureMachines: readonly Rule[] = [
  resourceRule(
    {
      id: "azure-trusted-launch",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "Only signed boot code runs, and what it measured can be attested",
      source: `CIS Microsoft Azure Foundations, "Ensure Trusted Launch is enabled": ${azure}/trusted-launch`,
      fix: "Set securityType: TrustedLaunch with secureBootEnabled and vTpmEnabled",
    },
    on(t.azureVirtualMachine, (p) => trusted(p.get("securityProfile"))),
    on(t.azureVirtualMachineScaleSet, (p) =>
      trusted(p.get("virtualMachineProfile").get("securityProfile")),
    ),
  ),
  resourceRule(
    {
      id: "azure-encryption-at-host",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "Temporary disks and caches of the host are encrypted too",
      source: `${azure}/disk-encryption#encryption-at-host---end-to-end-encryption-for-your-vm-data`,
      fix: "Set securityProfile.encryptionAtHost",
    },
    on(t.azureVirtualMachine, (p) =>
      must(
        p.get("securityProfile").get("encryptionAtHost").is(true),
        "Caches of the host are in clear",
      ),
    ),
    on(t.azureVirtualMachineScaleSet, (p) =>
      must(
        p.get("virtualMachineProfile").get("securityProfile").get("encryptionAtHost").is(true),
        "Caches of the host are in clear",
      ),
    ),
  ),
  resourceRule(
    {
      id: "azure-key-only-login",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects:
        "Nobody signs in with a password, and no extension runs code that the stack does not know",
      source: `${azure}/linux/create-ssh-keys-detailed; ${azure}/extensions/overview`,
      fix: "Set disablePasswordAuthentication, no adminPassword, and allowExtensionOperations: false",
    },
    on(t.azureVirtualMachine, (p) => keysOnly(p.get("osProfile"))),
    on(t.azureVirtualMachineScaleSet, (p) => [
      ...keysOnly(p.get("virtualMachineProfile").get("osProfile")),
      must(
        not(p.get("virtualMachineProfile").get("extensionProfile").get("extensions").filled),
        "Extensions run code on the machines",
      ),
    ]),
    on(t.azureMachineExtension, () => must(false, "An extension runs code on a machine")),
    on(t.azureRunCommand, () => must(false, "A command runs on a machine past its files")),
  ),
  resourceRule(
    {
      id: "azure-disks-outlive-machine",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects:
        "A machine that is replaced leaves its data disks, and each of them is one that the stack knows, locks and backs up",
      source: `${azure}/delete; ${azure}/linux/attach-disk-portal`,
      fix: "Make every data disk a Disk of its own, and attach it with createOption: Attach and deleteOption: Detach",
    },
    on(t.azureVirtualMachine, (p) => [
      must(
        p
          .get("storageProfile")
          .get("dataDisks")
          .every((disk) => says(disk.get("createOption"), "Attach")),
        "A data disk is made with the machine: nothing protects it, and no backup takes it in",
      ),
      must(
        p
          .get("storageProfile")
          .get("dataDisks")
          .every((disk) => says(disk.get("deleteOption").or("Detach"), "Detach")),
        "A data disk is deleted with the machine",
      ),
    ]),
  ),
];
