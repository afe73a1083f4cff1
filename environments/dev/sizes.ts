/** Sizes of Azure's machines. */
import { z } from "zod";

/** `Standard_`, family, vCPUs, features, and the generation: `Standard_D8s_v5`, `Standard_E8-4ds_v5`. */
const form = /^Standard_([A-Z]+)(\d+)(-\d+)?([a-z]*)(?:_v(\d+))?$/;

/**
 * A size for GitLab's own machine and for builds
 * (https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions):
 * - not burstable (B): credits run out just when Git is busy, and GitLab rules such machines out
 *   (docs.gitlab.com/administration/reference_architectures);
 * - `s`, Premium SSD; not `p`, which is Arm, for which no package of the nightly channel is installed;
 * - generation 3 to 5: newer ones have NVMe controllers alone, on which the agent's paths of data disks by LUN do not
 *   exist (https://learn.microsoft.com/azure/virtual-machines/nvme-overview), and older ones are being retired.
 */
export const vmSize = z
  .string()
  .regex(form, "an Azure size, as Standard_D8s_v5")
  .refine(
    (size) => !(form.exec(size)?.[1] ?? "").startsWith("B"),
    "a size that is not burstable (no B-series): GitLab needs steady CPU",
  )
  .refine((size) => {
    const features = form.exec(size)?.[4] ?? "";
    return features.includes("s") && !features.includes("p");
  }, "an x86-64 size with Premium SSD (s, and no p, as Standard_D8s_v5)")
  .refine((size) => {
    const generation = Number(form.exec(size)?.[5] ?? 1);
    return generation >= 3 && generation <= 5;
  }, "a size of generation v3 to v5");
