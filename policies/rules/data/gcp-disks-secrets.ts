/** Disks and secrets on Google Cloud. */
import { all, any, not } from "../../reader";
import { dependsOn } from "../../relations";
import {
  must,
  on,
  resourceRule,
  type ResourceView,
  type Rule,
  stackRule,
  type StackView,
  type TypeToken,
} from "../../rule";
import * as t from "../../types";

/** Disks of one zone and of two. */
function disksOf(stack: StackView): readonly ResourceView[] {
  return [t.gcpDisk, t.gcpRegionDisk].flatMap((type: TypeToken<unknown>) => stack.of(type));
}

export const gcpDisksAndSecrets: readonly Rule[] = [
  stackRule(
    {
      id: "gcp-disk-snapshots",
      severity: "critical",
      level: "mandatory",
      theme: "data",
      protects:
        "Every disk that holds data has daily snapshots away from its region, and leaves one when it is deleted",
      source: "https://cloud.google.com/compute/docs/disks/scheduled-snapshots",
      fix: "Attach a snapshot schedule to the disk and set createSnapshotBeforeDestroy",
    },
    [t.gcpDisk, t.gcpRegionDisk],
    (stack) => [
      ...disksOf(stack).flatMap((disk) => [
        must(
          [t.gcpDiskResourcePolicyAttachment, t.gcpRegionDiskPolicyAttachment]
            .flatMap((type: TypeToken<unknown>) => stack.of(type))
            .some((one) => dependsOn(one, disk)),
          "The disk has no snapshot schedule",
          disk.urn,
        ),
        must(
          any(!disk.protect, disk.props.at("createSnapshotBeforeDestroy").is(true)),
          "The disk leaves no snapshot when it is deleted",
          disk.urn,
        ),
      ]),
      ...stack.of(t.gcpResourcePolicy).flatMap(({ props, urn }) => {
        const policy = props.get("snapshotSchedulePolicy");
        // Policies are of other things, too: when machines run, and how near to each other they stand.
        if (!policy.given) return [];
        const days = policy.get("retentionPolicy");
        return [
          must(
            any(
              policy.get("schedule").get("dailySchedule").get("daysInCycle").is(1),
              policy.get("schedule").get("hourlySchedule").get("hoursInCycle").atMost(24),
            ),
            "Snapshots are not made daily",
            urn,
          ),
          must(
            days.get("maxRetentionDays").atLeast(7),
            "Snapshots are kept for less than 7 days",
            urn,
          ),
          must(
            days.get("onSourceDiskDelete").or("KEEP_AUTO_SNAPSHOTS").is("KEEP_AUTO_SNAPSHOTS"),
            "Snapshots go with the disk when it is deleted",
            urn,
          ),
          must(
            policy
              .get("snapshotProperties")
              .get("storageLocations")
              .test((place) => {
                const region = props.get("region").known;
                return typeof region !== "string" || ![place].flat().includes(region);
              }),
            "Snapshots lie in the region of the disk, or nobody has said where",
            urn,
          ),
        ];
      }),
    ],
  ),
  resourceRule(
    {
      id: "gcp-secrets-recoverable",
      severity: "high",
      level: "mandatory",
      theme: "data",
      protects:
        "A secret is not deleted by mistake, and a destroyed version can be taken back for a day",
      source: "https://cloud.google.com/secret-manager/docs/delayed-destroy",
      fix: "Set deletionProtection and versionDestroyTtl, and neither ttl nor expireTime",
    },
    on(t.gcpSecret, (p, { protect }) => [
      must(
        any(!protect, p.get("deletionProtection").is(true)),
        "The secret has no deletion protection in its cloud",
      ),
      must(
        any(protect, not(p.get("deletionProtection").is(true))),
        "The secret is kept from deletion in its cloud, and not protected in the stack",
      ),
      must(
        all(p.get("ttl").absent, p.get("expireTime").absent),
        "The secret is deleted on a day of its own, whoever still reads it",
      ),
      must(
        p.get("versionDestroyTtl").test((ttl) => Number.parseInt(String(ttl), 10) >= 86400),
        "A destroyed version is gone at once",
      ),
    ]),
    on(t.gcpSecretVersion, (p) =>
      must(
        all(p.get("enabled").or(true).is(true)),
        "The version is disabled: machines that read it do not start",
      ),
    ),
  ),
];
