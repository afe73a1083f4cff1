/** Machines: what they boot from, with, and as. */
import { all, any, not, type Truth, type Value } from "../reader";
import { isIn } from "../relations";
import { must, on, resourceRule, type Rule } from "../rule";
import { holdsSecret } from "../secrets-scan";
import * as t from "../types";

const azure = "https://learn.microsoft.com/en-us/azure/virtual-machines";
const gce = "https://cloud.google.com/compute/docs";

/** Whether boot data is free of secrets. */
function harmless(data: Value<string>): Truth {
  return any(
    data.absent,
    data.test((text) => typeof text === "string" && !holdsSecret(text)),
  );
}

const secretMessage =
  "There is a secret, or what looks like one, in the data that the machine boots with";

export const machines: readonly Rule[] = [
  resourceRule(
    {
      id: "ec2-imdsv2",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects: "A request that is forged through GitLab does not get the machine's credentials",
      source:
        "CIS AWS Foundations 3.0.0, 5.6; Security Hub EC2.8: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-8",
      fix: "Set metadataOptions.httpTokens: required; the hop limit 2 for containers that need the role, 1 for all others",
    },
    on(t.awsLaunchTemplate, (p, resource) => {
      const metadata = p.get("metadataOptions");
      const worker = resource.urn.includes("gitlab:runnerFleet:AwsRunnerWorkers$");
      return [
        must(
          any(
            metadata.get("httpTokens").is("required"),
            metadata.get("httpEndpoint").is("disabled"),
          ),
          "The machine answers for its credentials without a token",
        ),
        must(
          metadata.get("httpPutResponseHopLimit").atMost(worker ? 1 : 2),
          "Answers of the metadata service travel further than they must",
        ),
        must(
          not(metadata.get("instanceMetadataTags").is("enabled")),
          "Tags can be read by whatever runs on the machine",
        ),
      ];
    }),
  ),
  resourceRule(
    {
      id: "ec2-volumes-encrypted",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "Disks of machines are encrypted with a key of the environment",
      source:
        "CIS AWS Foundations 3.0.0, 2.2.1; Security Hub EC2.3: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-3",
      fix: "Set encrypted and kmsKeyId for every block device",
    },
    on(t.awsLaunchTemplate, (p) => [
      must(p.get("blockDeviceMappings").filled, "The machine's disks are as the image has them"),
      must(
        p
          .get("blockDeviceMappings")
          .every((one) =>
            all(one.get("ebs").at("encrypted").is(true), one.get("ebs").get("kmsKeyId").given),
          ),
        "A disk of the machine is not encrypted with a key of the environment",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "ec2-no-way-in-from-outside",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects:
        "Machines have no public address and no SSH key: people come through Session Manager",
      source:
        "Security Hub EC2.25: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-25",
      fix: "Leave keyName and associatePublicIpAddress out",
    },
    on(t.awsLaunchTemplate, (p) => [
      must(p.get("keyName").absent, "The machine has an SSH key"),
      must(
        p.get("networkInterfaces").every((one) => not(one.at("associatePublicIpAddress").is(true))),
        "The machine gets a public address",
      ),
      must(
        any(p.get("vpcSecurityGroupIds").given, p.get("networkInterfaces").given),
        "The machine is in the default security group",
      ),
    ]),
  ),
  resourceRule(
    {
      id: "no-secrets-in-boot-data",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects: "Boot data, which everyone who may describe a machine can read, holds no secret",
      source:
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html; https://github.com/cattle-ops/terraform-aws-gitlab-runner/issues/776",
      fix: "Put the secret into the secret store, and let the machine fetch it by its own identity",
    },
    on(t.awsLaunchTemplate, (p) => must(harmless(p.get("userData")), secretMessage)),
    on(t.azureVirtualMachine, (p) => [
      must(harmless(p.get("osProfile").get("customData")), secretMessage),
      must(harmless(p.get("userData")), secretMessage),
    ]),
    on(t.azureVirtualMachineScaleSet, (p) => [
      must(
        harmless(p.get("virtualMachineProfile").get("osProfile").get("customData")),
        secretMessage,
      ),
      must(harmless(p.get("virtualMachineProfile").get("userData")), secretMessage),
    ]),
    on(t.gcpInstance, (p) =>
      p.get("metadata").entries.map(([, value]) => must(harmless(value), secretMessage)),
    ),
    on(t.gcpInstanceTemplate, (p) =>
      p.get("metadata").entries.map(([, value]) => must(harmless(value), secretMessage)),
    ),
    on(t.awsBucketObjectv2, (p) => must(harmless(p.get("content")), secretMessage)),
  ),
  resourceRule(
    {
      id: "images-pinned",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects:
        "A machine that replaces itself at night boots what was tried, and not what is newest",
      source:
        "https://cloud.google.com/compute/docs/images/image-families-best-practices; https://learn.microsoft.com/en-us/azure/virtual-machines/linux/cli-ps-findimage",
      fix: "Name the image itself: an AMI id, an exact version, an image and not its family",
    },
    on(t.awsLaunchTemplate, (p) =>
      must(
        p.get("imageId").matches(/^ami-[0-9a-f]{8,17}$/),
        "The image is looked up when a machine starts",
      ),
    ),
    on(t.azureVirtualMachine, (p) =>
      must(
        p
          .get("storageProfile")
          .get("imageReference")
          .get("version")
          .matches(/^\d+(\.\d+)+$/),
        "The image is the newest when the machine is made",
      ),
    ),
    on(t.azureVirtualMachineScaleSet, (p) =>
      must(
        p
          .get("virtualMachineProfile")
          .get("storageProfile")
          .get("imageReference")
          .get("version")
          .matches(/^\d+(\.\d+)+$/),
        "The image is the newest when a worker is made",
      ),
    ),
    on(t.gcpInstance, (p) =>
      must(
        p
          .get("bootDisk")
          .get("initializeParams")
          .get("image")
          .matches(/images\/(?!family\/)[a-z0-9-]*\d{8}$/),
        "The image is the newest of its family when the machine is made",
      ),
    ),
    on(t.gcpInstanceTemplate, (p) =>
      must(
        p
          .get("disks")
          .every((disk) =>
            any(
              not(disk.get("boot").or(true).is(true)),
              disk.get("sourceImage").matches(/images\/(?!family\/)[a-z0-9-]*\d{8}$/),
            ),
          ),
        "The image is the newest of its family when a worker is made",
      ),
    ),
  ),
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
    on(t.azureVirtualMachineScaleSet, (p) =>
      keysOnly(p.get("virtualMachineProfile").get("osProfile")),
    ),
  ),
  resourceRule(
    {
      id: "azure-disks-outlive-machine",
      severity: "critical",
      level: "mandatory",
      theme: "compute",
      protects: "A machine that is replaced leaves its data disks",
      source: `${azure}/delete`,
      fix: "Set deleteOption: Detach for every data disk",
    },
    on(t.azureVirtualMachine, (p) =>
      must(
        p
          .get("storageProfile")
          .get("dataDisks")
          .every((disk) => disk.get("deleteOption").or("Detach").is("Detach")),
        "A data disk is deleted with the machine",
      ),
    ),
  ),
  resourceRule(
    {
      id: "gce-shielded",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "Only signed boot code runs, and a changed one is seen",
      source: `CIS Google Cloud Foundation 3.0.0, 4.8: ${gce}/instances/modifying-shielded-vm`,
      fix: "Set enableSecureBoot, enableVtpm and enableIntegrityMonitoring",
    },
    on(t.gcpInstance, (p) => shielded(p.get("shieldedInstanceConfig"))),
    on(t.gcpInstanceTemplate, (p) => shielded(p.get("shieldedInstanceConfig"))),
  ),
  resourceRule(
    {
      id: "gce-login-by-identity",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects:
        "People sign in to a machine by their own identity, and not by keys of the project or the serial console",
      source: `CIS Google Cloud Foundation 3.0.0, 4.3 to 4.5: ${gce}/oslogin`,
      fix: "Set metadata enable-oslogin: TRUE, block-project-ssh-keys: TRUE, serial-port-enable: FALSE",
    },
    on(t.gcpInstance, (p) => login(p.get("metadata") as Value, true)),
    // Workers have no people: the manager's key is put on them, and OS Login would refuse it.
    on(t.gcpInstanceTemplate, (p, resource) =>
      login(p.get("metadata") as Value, !isIn(resource, "runnerFleet")),
    ),
  ),
  resourceRule(
    {
      id: "gce-own-account",
      severity: "high",
      level: "mandatory",
      theme: "compute",
      protects: "A machine has an account of its own, with its own rights, or none",
      source: `CIS Google Cloud Foundation 3.0.0, 4.1 and 4.2: ${gce}/access/service-accounts#default_service_account`,
      fix: "Set serviceAccount.email to an account of the stack, or leave serviceAccount out",
    },
    on(t.gcpInstance, (p) =>
      ownAccount(p.get("serviceAccount").given, p.get("serviceAccount").get("email")),
    ),
    on(t.gcpInstanceTemplate, (p) =>
      ownAccount(p.get("serviceAccount").given, p.get("serviceAccount").get("email")),
    ),
  ),
  resourceRule(
    {
      id: "gce-no-forwarding",
      severity: "medium",
      level: "mandatory",
      theme: "compute",
      protects: "No machine passes on what is meant for another",
      source: `CIS Google Cloud Foundation 3.0.0, 4.6: ${gce.replace("compute", "vpc")}/using-routes#canipforward`,
      fix: "Leave canIpForward out",
    },
    on(t.gcpInstance, (p) =>
      must(not(p.get("canIpForward").or(false).is(true)), "The machine forwards"),
    ),
    on(t.gcpInstanceTemplate, (p) =>
      must(not(p.get("canIpForward").or(false).is(true)), "The machine forwards"),
    ),
    on(t.azureNetworkInterface, (p) =>
      must(not(p.get("enableIPForwarding").or(false).is(true)), "The machine forwards"),
    ),
  ),
];

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

function shielded(config: Value): ReturnType<typeof must>[] {
  return [
    must(config.at("enableSecureBoot").is(true), "Unsigned code can boot"),
    must(config.at("enableVtpm").or(true).is(true), "The boot is not measured"),
    must(config.at("enableIntegrityMonitoring").or(true).is(true), "A changed boot is not seen"),
  ];
}

function login(metadata: Value, people: boolean): ReturnType<typeof must>[] {
  const flag = (key: string, form: RegExp): Truth =>
    metadata.unknown ?? metadata.at(key).matches(form);
  return [
    must(
      any(!people, flag("enable-oslogin", /^true$/i)),
      "People sign in by keys and not by identity",
    ),
    must(flag("block-project-ssh-keys", /^true$/i), "Keys of the whole project let people in"),
    must(not(flag("serial-port-enable", /^(true|1)$/i)), "The serial console takes logins"),
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
