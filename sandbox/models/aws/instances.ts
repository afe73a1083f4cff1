/** What launch templates and Auto Scaling groups say alike of instances and volumes. */
import type { Condition, PropertyModel, Rule } from "../../model";
import { block, bool, int, newer, num, oneOf, set, str } from "./common";

/** A size such as `m7i.large`: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html */
export const instanceType = (more: Partial<PropertyModel> = {}): PropertyModel =>
  str({ pattern: "[a-z0-9-]+\\.[a-z0-9-]+", example: "m7i.large", ...more });

/** `true` or `false` as text: fields in which leaving it out means something else than false. */
export const flagText = (more: Partial<PropertyModel> = {}): PropertyModel =>
  oneOf(["true", "false"], more);

const range = (item: (more?: Partial<PropertyModel>) => PropertyModel): PropertyModel =>
  block({ min: item({ min: 0 }), max: item({ min: 0 }) });
const use = oneOf(["included", "excluded", "required"]);
const typePatterns = (other: string, conflicts: boolean): PropertyModel =>
  set(str({ pattern: "[a-zA-Z0-9.*-]{1,30}", example: "m7*" }), {
    maxItems: 400,
    ...(conflicts ? { conflicts: [other] } : {}),
  });

/**
 * Instance types by what they have. `strict` is the form of a launch template, in which memory and
 * vCPUs must be given and allowed and excluded types exclude one another in the provider's own checks.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirementsRequest.html
 */
export const instanceRequirements = (
  strict: boolean,
  more: Partial<PropertyModel> = {},
): PropertyModel => {
  const needed = strict ? { required: true } : {};
  return block(
    {
      acceleratorCount: range(int),
      acceleratorManufacturers: set(
        oneOf(["amazon-web-services", "amd", "habana", "nvidia", "xilinx"]),
      ),
      acceleratorNames: set(str({ pattern: "[a-z0-9-]+" })),
      acceleratorTotalMemoryMib: range(int),
      acceleratorTypes: set(oneOf(["fpga", "gpu", "inference", "media"])),
      allowedInstanceTypes: typePatterns("excludedInstanceTypes", strict),
      bareMetal: use,
      baselineEbsBandwidthMbps: range(int),
      burstablePerformance: use,
      cpuManufacturers: set(oneOf(["amazon-web-services", "amd", "apple", "intel"])),
      excludedInstanceTypes: typePatterns("allowedInstanceTypes", strict),
      instanceGenerations: set(oneOf(["current", "previous"])),
      localStorage: use,
      localStorageTypes: set(oneOf(["hdd", "ssd"])),
      maxSpotPriceAsPercentageOfOptimalOnDemandPrice: int({ min: 0, ...newer }),
      memoryGibPerVcpu: range(num),
      memoryMib: block({ min: int({ min: 0, ...needed }), max: int({ min: 0 }) }, needed),
      networkBandwidthGbps: range(num),
      networkInterfaceCount: range(int),
      onDemandMaxPricePercentageOverLowestPrice: int({ min: 0 }),
      requireHibernateSupport: bool(),
      spotMaxPricePercentageOverLowestPrice: int({ min: 0 }),
      totalLocalStorageGb: range(num),
      vcpuCount: block({ min: int({ min: 0, ...needed }), max: int({ min: 0 }) }, needed),
    },
    more,
  );
};

/** The kinds of EBS volumes. */
export const volumeTypes = ["standard", "gp2", "gp3", "io1", "io2", "sc1", "st1"];

const ebsPage = "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html";

const sizes: readonly (readonly [types: readonly string[], least: number, most: number])[] = [
  [["gp2", "io1"], 1, 16384],
  [["gp3", "io2"], 1, 65536],
  [["st1", "sc1"], 125, 16384],
  [["standard"], 1, 1024],
];

/**
 * What EBS checks of a volume. `at` is the path of the block that it stands in ("" where the volume is the
 * resource), `type` and `size` are what its fields are called there, `encrypted` is the value that means yes.
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
 */
export const volumeRules = (
  at: string,
  type: string,
  size: string,
  encrypted: string | boolean,
): Rule[] => {
  const where = at === "" ? "" : `${at}.`;
  const rule = (name: string, when: Condition, then: Condition, message: string): Rule => ({
    name,
    when: at === "" ? when : { property: at, present: true },
    then: at === "" ? then : { property: at, every: { any: [{ not: when }, then] } },
    message,
    source: ebsPage,
    at: "apply",
  });
  const given = (property: string): Condition => ({ property, present: true });
  return [
    rule(
      "a volume's IOPS can be set for gp3, io1 and io2 only",
      given("iops"),
      { property: type, in: ["gp3", "io1", "io2"] },
      `InvalidParameterCombination: ${where}iops is supported for gp3, io1 and io2 volumes only`,
    ),
    rule(
      "a volume of provisioned IOPS says how many",
      { property: type, in: ["io1", "io2"] },
      { property: "iops", atLeast: 100 },
      `MissingParameter: ${where}iops is required for io1 and io2 volumes, from 100`,
    ),
    rule(
      "a gp3 volume has 3,000 to 80,000 IOPS",
      { all: [{ property: type, equals: "gp3" }, given("iops")] },
      { property: "iops", atLeast: 3000, atMost: 80000 },
      `InvalidParameterValue: ${where}iops of a gp3 volume is from 3000 to 80000`,
    ),
    rule(
      "a volume's throughput can be set for gp3 only",
      given("throughput"),
      { property: type, equals: "gp3" },
      `InvalidParameterCombination: ${where}throughput is supported for gp3 volumes only`,
    ),
    rule(
      "a volume with a KMS key is encrypted",
      given("kmsKeyId"),
      { property: "encrypted", equals: encrypted },
      `InvalidParameterDependency: ${where}kmsKeyId needs encrypted to be true`,
    ),
    ...sizes.map(([types, least, most]) =>
      rule(
        `a volume of type ${types.join(" or ")} has ${least} to ${most} GiB`,
        { all: [{ property: type, in: types }, given(size)] },
        { property: size, atLeast: least, atMost: most },
        `InvalidParameterValue: ${where}${size} of ${types.join(" and ")} volumes is from ${least} to ${most} GiB`,
      ),
    ),
  ];
};
