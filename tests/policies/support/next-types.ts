/** Resources that no stack has today and that a person would add next: as they should be, and what breaks which rule. */
import { nextOfAzure } from "./next-azure";
import { nextDataOfAzure } from "./next-azure-data";
import { nextOfGitLab } from "./next-gitlab";
import { nextOfGoogle } from "./next-google";
import { nextOfKubernetes } from "./next-kubernetes";
import type { Change } from "./change";
import type { Place } from "./cases";

/** A resource of a type, or in a place, that is new in a stack. */
export interface Next {
  readonly rule: string;
  readonly place: Place;
  readonly type: string;
  /** What tells it from others of the same rule and type. */
  readonly title?: string;
  /** Properties with which the rule holds. */
  readonly props: Readonly<Record<string, unknown>>;
  /** Types of the components around it, outermost first. */
  readonly within?: readonly string[];
  readonly name?: string;
  readonly protect?: boolean;
  /** Names of what it depends on. */
  readonly dependencies?: readonly string[];
  /** Whether it breaks the rule whatever its properties. */
  readonly never?: boolean;
  /** Other forms of the same, with which the rule holds as well. */
  readonly forms?: readonly Change[];
  /** Each breaks the rule. */
  readonly changes: readonly Change[];
}

export const nextTypes: readonly Next[] = [
  ...nextOfAzure,
  ...nextDataOfAzure,
  ...nextOfGitLab,
  ...nextOfGoogle,
  ...nextOfKubernetes,
];
