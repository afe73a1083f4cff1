/** Who may write to a disk that holds Git data, in whatever way it comes to a machine. */
import { all, any, not, type Truth, type Value } from "../../reader";
import { dependsOn, hasGitLab, isIn } from "../../relations";
import { type AnyView, type Finding, must, type StackView, type TypeToken } from "../../rule";
import * as t from "../../types";

/** Types that bring a disk to a machine, or machines to a disk. */
export const writerTypes: readonly TypeToken<unknown>[] = [
  t.awsVolume,
  t.awsVolumeAttachment,
  t.azureDisk,
  t.azureVirtualMachine,
  t.azureVirtualMachineScaleSet,
  t.gcpDisk,
  t.gcpAttachedDisk,
  t.gcpInstance,
  t.gcpInstanceTemplate,
  t.gcpInstanceGroupManager,
];

const severalWriters = "Several machines may write to the disk";

/** Whether a reference means a disk: by the last part of its path, or by what it was declared to depend on. */
function means(reference: Value, one: AnyView, disk: AnyView, name: string | undefined): boolean {
  const text = reference.text?.toLowerCase();
  if (text === undefined) return reference.unknown !== undefined && dependsOn(one, disk);
  return name !== undefined && text.split("/").at(-1) === name.toLowerCase();
}

/** Machines that a disk of Azure is attached to. */
function onAzure(stack: StackView, disk: AnyView): readonly AnyView[] {
  const name = disk.props.at("diskName").text;
  return stack.of(t.azureVirtualMachine).filter((machine) =>
    machine.props
      .get("storageProfile")
      .get("dataDisks")
      .items.some((one) => means(one.at("managedDisk").at("id"), machine, disk, name)),
  );
}

/** Machines that a disk of Google Cloud is attached to for writing, by themselves or by a resource of its own. */
function onGoogleCloud(stack: StackView, disk: AnyView): readonly AnyView[] {
  const name = disk.props.at("name").text;
  const writes = (mode: Value): boolean => mode.or("READ_WRITE").is("READ_ONLY") !== true;
  return [
    ...stack
      .of(t.gcpInstance)
      .filter((machine) =>
        machine.props
          .get("attachedDisks")
          .items.some(
            (one) => writes(one.at("mode")) && means(one.at("source"), machine, disk, name),
          ),
      ),
    ...stack
      .of(t.gcpAttachedDisk)
      .filter(
        (one) => writes(one.props.at("mode")) && means(one.props.at("disk"), one, disk, name),
      ),
  ];
}

/** Attachments of a volume of EBS. */
function onAws(stack: StackView, volume: AnyView): readonly AnyView[] {
  return stack.of(t.awsVolumeAttachment).filter((one) => dependsOn(one, volume));
}

/**
 * Groups of machines that are no runners: what starts as many machines as it is told to serves no Git data. The groups
 * of AWS are judged by their size.
 */
function groups(stack: StackView): readonly Finding[] {
  if (!hasGitLab(stack)) return [];
  return [...stack.of(t.azureVirtualMachineScaleSet), ...stack.of(t.gcpInstanceGroupManager)].map(
    (group) =>
      must(
        isIn(group, "runnerFleet"),
        "A group that may have several machines stands outside the runners: GitLab's data has one writer",
        group.urn,
      ),
  );
}

/** One writer for each disk. */
export function oneWriterEach(stack: StackView): readonly Finding[] {
  const single = (disk: AnyView, writers: readonly AnyView[], shared: Truth): Finding =>
    must(all(writers.length <= 1, not(shared)), severalWriters, disk.urn);
  return [
    ...stack.of(t.azureDisk).map((disk) => single(disk, onAzure(stack, disk), false)),
    ...stack.of(t.gcpDisk).map((disk) => {
      const { props: p } = disk;
      const shared = any(
        p.get("accessMode").is("READ_WRITE_MANY"),
        p.get("multiWriter").or(false).is(true),
      );
      return single(disk, onGoogleCloud(stack, disk), shared);
    }),
    ...stack
      .of(t.awsVolume)
      .map((volume) =>
        single(
          volume,
          onAws(stack, volume),
          volume.props.get("multiAttachEnabled").or(false).is(true),
        ),
      ),
    ...stack.of(t.gcpInstanceTemplate).map(({ props, urn }) =>
      must(
        props
          .get("disks")
          .every((disk) => any(disk.get("source").absent, disk.get("mode").is("READ_ONLY"))),
        severalWriters,
        urn,
      ),
    ),
    ...groups(stack),
  ];
}
