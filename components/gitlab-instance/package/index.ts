/** The machine with GitLab's Linux package: what the components of Azure and GCP need of it. */
export {
  metadataKey,
  packFiles as machineBundle,
  renderCloudInit,
} from "../../node-files/metadata";
export type * from "./contract";
export { machineFiles } from "./render/machine-files";
