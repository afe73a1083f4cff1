/**
 * What the driver and the rehearsal need to know of an environment. `environments/registry.ts`
 * exports `environments: Readonly<Record<string, EnvironmentEntry>>` in these terms; nothing in
 * engine/ knows an environment by name.
 */
import { RunError } from "@pulumi/pulumi/errors";

/** A value of a settings file: what YAML can hold. */
export type SettingsValue =
  null | boolean | number | string | SettingsValue[] | { [key: string]: SettingsValue };

/**
 * Changes to settings: dotted path to value, as `--set` takes them (`instance.version`). The key is
 * the project's own (no `gitlab:` before it) unless it names another namespace (`other:key`).
 */
export type SettingsChange = Readonly<Record<string, SettingsValue>>;

/**
 * A stack's settings as the engine hands them to the program (`pulumi.runtime.allConfig()`):
 * full keys (`gitlab:domain`), every value text, objects and lists as JSON text, secrets in clear.
 */
export type StackConfig = Readonly<Record<string, string>>;

/** One thing wrong in the settings. */
export interface SettingsProblem {
  /** The key as the user would write it, with the path into an object: `network.cidr`. */
  readonly key: string;
  /** What stands there, as short text: `nothing` where it is missing, `[secret]` for a secret. */
  readonly found: string;
  /** What may stand there. */
  readonly allowed: string;
}

/**
 * The settings are wrong: every problem at once. `EnvironmentModule.parse` throws it; the driver
 * prints it once and starts no engine. It is a `RunError`, so that the official CLI prints the
 * message without a stack trace.
 */
export class SettingsError extends RunError {
  /**
   * @param stackName the stack whose settings they are
   * @param problems at least one, in the order in which they are to be shown
   */
  constructor(
    readonly stackName: string,
    readonly problems: readonly SettingsProblem[],
  ) {
    super(
      [
        `The settings of stack ${stackName} are wrong; nothing was touched.`,
        ...problems.map(
          ({ key, found, allowed }) => `  ${key}: found ${found}; allowed: ${allowed}`,
        ),
      ].join("\n"),
    );
    this.name = "SettingsError";
  }
}

/** An everyday change of settings. */
export interface DayTwoChange {
  /** A few words for the message where it does not hold: `GitLab 18.10.11 to 18.11.11`. */
  readonly name: string;
  readonly set: SettingsChange;
}

/** What the rehearsal does with an environment beyond what holds for all of them. */
export interface EnvironmentRehearsal {
  /**
   * The everyday changes that are rehearsed, one on top of the other: each shown by a preview, then made by an up.
   * At least one.
   */
  readonly day2: readonly DayTwoChange[];
  /** The settings that lift protection from everything that holds data, so that it can be destroyed. */
  readonly unprotect: { readonly set: SettingsChange };
  /**
   * Makes up a secret of the form that its key asks for (a prefix, a document round it). The marker
   * is 32 letters and digits and must stand in the value as it is: it is what is looked for in
   * everything that was written. @default the marker itself
   */
  readonly madeUp?: (key: string, marker: string) => string;
}

/** An environment, loaded. Loading it only imports: no resource, no reading of settings. */
export interface EnvironmentModule {
  /**
   * Checks the settings; the program calls it first, the driver before it starts the engine.
   * @throws SettingsError with every problem
   */
  parse(config: StackConfig): unknown;
  /** The project's own settings keys that are secret, required or not; the rehearsal makes them all up. */
  readonly secrets: readonly string[];
  readonly rehearsal: EnvironmentRehearsal;
  /** Declares the resources; what it resolves to are the stack's outputs. */
  program(): Promise<Record<string, unknown>>;
}

/** One line of the registry. */
export interface EnvironmentEntry {
  /** One line for people: what the stack stands up. */
  readonly summary: string;
  /** People depend on it: in a review, a change of it that can hurt gets the production change checklist. */
  readonly production: boolean;
  /** Packages whose providers it needs: `aws`, `gcp`, … */
  readonly packages: readonly string[];
  /** Stacks that must stand before this one: rehearsed first in the same sandbox, taken down last. */
  readonly prerequisites: readonly string[];
  /** Imports the environment, so that a stack pays for its own clouds alone. */
  load(): Promise<EnvironmentModule>;
}

/** What `environments/registry.ts` exports as `environments`: stack name to environment. */
export type EnvironmentRegistry = Readonly<Record<string, EnvironmentEntry>>;
