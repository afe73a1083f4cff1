/** Sections of `gitlab.rb` that hold for GitLab in a container and from the Linux package alike. */
import { objectTypes, type ObjectType } from "../../object-storage/contract";
import type { RubyExpression, RubyValue, Section, Setting } from "./ruby";

/** A mail server, in plain data. */
export interface MailFacts {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly domain: string;
  readonly from: string;
}

/**
 * Mail by STARTTLS, or none.
 * @param password how GitLab reads it
 */
export function mailSection(smtp: MailFacts | undefined, password: RubyExpression): Section {
  return {
    title: "Mail (docs.gitlab.com/omnibus/settings/smtp)",
    settings:
      smtp === undefined
        ? [["gitlab_rails['gitlab_email_enabled']", false]]
        : [
            ["gitlab_rails['smtp_enable']", true],
            ["gitlab_rails['smtp_address']", smtp.host],
            ["gitlab_rails['smtp_port']", smtp.port],
            ["gitlab_rails['smtp_user_name']", smtp.username],
            ["gitlab_rails['smtp_password']", password],
            ["gitlab_rails['smtp_domain']", smtp.domain],
            ["gitlab_rails['smtp_authentication']", "login"],
            ["gitlab_rails['smtp_enable_starttls_auto']", true],
            ["gitlab_rails['smtp_tls']", false],
            ["gitlab_rails['smtp_openssl_verify_mode']", "peer"],
            ["gitlab_rails['gitlab_email_from']", smtp.from],
          ],
  };
}

/** The consolidated form of object storage: one connection, a bucket a type. The registry has a configuration of its own. */
export function objectStore(
  connection: RubyValue,
  buckets: Readonly<Record<ObjectType, string>>,
): Setting[] {
  return [
    ["gitlab_rails['object_store']['enabled']", true],
    ["gitlab_rails['object_store']['proxy_download']", false],
    ["gitlab_rails['object_store']['connection']", connection],
    ...objectTypes
      .filter((type) => type !== "registry")
      .map((type): Setting => [
        `gitlab_rails['object_store']['objects']['${type}']['bucket']`,
        buckets[type],
      ]),
  ];
}
