/** What machines each environment may have: the largest, and how many of them a group may grow to. */

/** Bounds of one environment. */
export interface Budget {
  /** Most virtual CPUs of one machine, database or cache node. */
  readonly vcpus: number;
  /** Most machines of one group. */
  readonly machines: number;
}

const usual: Budget = { vcpus: 16, machines: 20 };

/**
 * By environment; all others have the usual. A change of size beyond these is a change here first, which shows it to
 * whoever pays.
 */
const budgets: Readonly<Record<string, Budget>> = {
  aws: usual,
  dev: usual,
  ops: usual,
  // A cluster of small pods: nothing in it needs a large node.
  version: { vcpus: 8, machines: 12 },
};

export function budgetOf(environment: string): Budget {
  return budgets[environment] ?? usual;
}

const sizes: Readonly<Record<string, number>> = {
  nano: 2,
  micro: 2,
  small: 2,
  medium: 2,
  large: 2,
  xlarge: 4,
};

/**
 * Virtual CPUs by a type's name; undefined where the name does not say, as of metal.
 *
 * Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html,
 * https://learn.microsoft.com/en-us/azure/virtual-machines/vm-naming-conventions,
 * https://cloud.google.com/compute/docs/machine-resource#machine_type_terminology
 */
export function vcpusOf(type: string): number | undefined {
  const aws = /^(?:db\.|cache\.)?[a-z]+\d+[a-z-]*\.(?:(\d+)xlarge|(\w+))$/.exec(type);
  if (aws?.[1] !== undefined) return 4 * Number(aws[1]);
  if (aws?.[2] !== undefined) return sizes[aws[2]];
  const azure = /^(?:Standard|Basic)_[A-Z]+(\d+)/.exec(type);
  if (azure?.[1] !== undefined) return Number(azure[1]);
  const custom = /^(?:db-)?(?:[a-z]\d[a-z]?-)?custom-(\d+)-/.exec(type);
  if (custom?.[1] !== undefined) return Number(custom[1]);
  const predefined = /-(\d+)(?:-lssd)?$/.exec(type);
  if (predefined?.[1] !== undefined) return Number(predefined[1]);
  return /^(?:e2-(?:micro|small|medium)|[fg]1-|db-[fg]1-)/.test(type) ? 2 : undefined;
}
