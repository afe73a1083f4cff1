/** How weakenings are written down. */

/** Where a property need not stand for its weakening to count: taking up a bad value is enough. */
export interface Weakening {
  readonly path: string;
  readonly values: readonly unknown[];
  /** Also where the property is left out now. */
  readonly anyway?: boolean;
}

/** Of a property that is there. */
export function weak(path: string, ...values: readonly unknown[]): Weakening {
  return { path, values };
}

/** For properties that are left out where all is well. */
export function added(path: string, ...values: readonly unknown[]): Weakening {
  return { path, values, anyway: true };
}
