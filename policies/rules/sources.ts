/** Addresses that rules of several files come from. */

/** AWS Security Hub's controls, one page a service. */
export const securityHub = "https://docs.aws.amazon.com/securityhub/latest/userguide";

/** How to take and restore GitLab's own backup. */
export const gitlabBackup = "https://docs.gitlab.com/administration/backup_restore/backup_gitlab/";

/** What GitLab needs of PostgreSQL, Redis and machines. */
export const gitlabRequirements = "https://docs.gitlab.com/install/requirements/";

/** GitLab's reference architectures. */
export const gitlabArchitectures =
  "https://docs.gitlab.com/administration/reference_architectures/";

/** What Google says to close in a cluster. */
export const gkeHardening =
  "https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster";
