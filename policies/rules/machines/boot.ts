/** What machines of any cloud boot with. */
import { any, not, type Truth, type Value } from "../../reader";
import { must, on, resourceRule, type Rule, type TypeToken } from "../../rule";
import { holdsSecret } from "../../secrets-scan";
import * as t from "../../types";

/** Whether boot data is free of secrets. */
function harmless(data: Value<string>): Truth {
  return any(
    data.absent,
    data.test((text) => typeof text === "string" && !holdsSecret(text)),
  );
}

const secretMessage =
  "There is a secret, or what looks like one, in the data that the machine boots with";

export const boot: readonly Rule[] = [
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
    on(t.awsInstance, (p) => [
      must(harmless(p.get("userData")), secretMessage),
      must(harmless(p.get("userDataBase64")), secretMessage),
    ]),
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
    ...[
      t.gcpInstance,
      t.gcpInstanceTemplate,
      t.gcpRegionInstanceTemplate,
      t.gcpProjectMetadata,
    ].map((type: TypeToken<unknown>) =>
      on(type, (p) => [
        ...p
          .at("metadata")
          .entries.map(([, value]) => must(harmless(value as Value<string>), secretMessage)),
        must(harmless(p.at("metadataStartupScript") as Value<string>), secretMessage),
        must(p.at("metadata").unknown ?? true, secretMessage),
      ]),
    ),
    on(t.gcpProjectMetadataItem, (p) => must(harmless(p.get("value")), secretMessage)),
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
    ...[t.gcpInstanceTemplate, t.gcpRegionInstanceTemplate].map((type: TypeToken<unknown>) =>
      on(type, (p) =>
        must(
          p
            .at("disks")
            .every((disk) =>
              any(
                not(disk.at("boot").or(true).is(true)),
                disk.at("sourceImage").matches(/images\/(?!family\/)[a-z0-9-]*\d{8}$/),
              ),
            ),
          "The image is the newest of its family when a worker is made",
        ),
      ),
    ),
  ),
];
