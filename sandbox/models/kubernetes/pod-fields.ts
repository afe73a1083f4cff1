/** Forms that several parts of a pod have in common. */
import type { PropertyModel } from "../../model";
import { block, int, intOrString, oneOf, required, str } from "./common";

type More = Partial<Omit<PropertyModel, "type">>;

/**
 * The name of a port: at most 15 lower-case letters, digits and single hyphens, with a letter among them.
 * https://www.rfc-editor.org/rfc/rfc6335.html#section-5.1
 */
export const PORT_NAME = "(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?";

/** A path inside a volume: relative, and not out of it. */
export const INSIDE_VOLUME = "(?!/)(?!.*(^|/)\\.\\.(/|$)).*";

/** A port by its number or by its name. */
export const port = (more: More = {}): PropertyModel =>
  intOrString({ min: 1, max: 65535, pattern: PORT_NAME, example: 80, ...more });
/** A port by its number. */
export const portNumber = (more: More = {}): PropertyModel => int({ min: 1, max: 65535, ...more });
/** A protocol over IP. */
export const protocol = (more: More = {}): PropertyModel => oneOf(["TCP", "UDP", "SCTP"], more);
/** A key of a ConfigMap's or Secret's data: https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data */
export const dataKey = (more: More = {}): PropertyModel =>
  str({ pattern: "[-._a-zA-Z0-9]{1,253}", example: "key", ...more });
/** A user or group of Linux. */
export const linuxId = (): PropertyModel => int({ min: 0, max: 2147483647 });

const confinement = (): PropertyModel =>
  block({
    localhostProfile: str(),
    type: oneOf(["Localhost", "RuntimeDefault", "Unconfined"], required),
  });
/** Which system calls the kernel lets through: https://kubernetes.io/docs/tutorials/security/seccomp/ */
export const seccompProfile = confinement();
/** https://kubernetes.io/docs/tutorials/security/apparmor/ */
export const appArmorProfile = confinement();
export const seLinuxOptions: PropertyModel = block({
  level: str(),
  role: str(),
  type: str(),
  user: str(),
});
/** Why blocks have no `windowsOptions`. */
export const NO_WINDOWS = "nodes run Linux";
