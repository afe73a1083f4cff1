/** Who may do what on Google Cloud. */
import { all, any, implies, not, type Truth, type Value } from "../../reader";
import { dependsOn, unless } from "../../relations";
import {
  type Finding,
  must,
  on,
  resourceRule,
  type ResourceView,
  type Rule,
  stackRule,
  type StackView,
  type TypeToken,
} from "../../rule";
import * as t from "../../types";
import { type Grant, grantsOf, grantTypes, onGrants, type Scope } from "./gcp-grants";

/** The table of roles: production, support and the others are people's, ci-cd is the runners'. */
const roles = ["production", "support", "release-manager", "engineering-manager", "ci-cd"];

/**
 * Basic roles by their old and new names, whatever administers, and what deploys code as any account
 * (https://cloud.google.com/iam/docs/roles-overview#basic, https://cloud.google.com/iam/docs/best-practices-service-accounts#role-grants).
 * Of objects in a bucket `objectAdmin` has little that `objectUser` has not: no right counts but the bucket's.
 */
const masters =
  /^roles\/(owner|editor|viewer|admin|writer|reader|(?!storage\.objectAdmin$)[\w.]*[aA]dmin(\.v1)?|[\w.]*Owner|container\.developer|deploymentmanager\.editor|cloudbuild\.builds\.editor)$/;

/** Roles that can be narrowed to one resource by a condition (https://cloud.google.com/iam/docs/conditions-resource-attributes). */
const narrowable =
  /^roles\/(cloudsql\.(client|instanceUser|editor|viewer)|secretmanager\.|storage\.|cloudkms\.cryptoKey)/;

/** Rights to be an account, and to sign as it. */
const acting =
  /^roles\/iam\.(serviceAccountUser|serviceAccountTokenCreator|serviceAccountOpenIdTokenCreator|workloadIdentityUser)$/;

/** Everybody with a Google account, everything in a pool of identities, every pod of a cluster. */
const anybody =
  /^all(Authenticated)?Users$|^principalSet:\/\/iam\.googleapis\.com\/(.*\/\*$|.*\/kubernetes\.cluster\/)/;

/** Accounts that Google makes for whatever names none of its own. */
const shared = /^serviceAccount:([\w-]+-compute@developer|[\w.-]+@appspot)\.gserviceaccount\.com$/;

/** Whether a condition names the resources that a right is on. */
function isNarrowed(condition: Value): Truth {
  return condition.at("expression").matches(/resource\.(name|matchTag|hasTag)/);
}

function narrow({ role, members, condition }: Grant, scope: Scope, name: string): Finding[] {
  const nobody = (form: RegExp): Truth => all(...members.map((one) => not(one.matches(form))));
  return [
    must(role.given && members.length > 0, "Nobody can read which right is given, or to whom"),
    must(not(role.matches(masters)), "The role is nearly everything"),
    must(
      // Google's own agents have theirs by it.
      any(not(role.matches(/\.serviceAgent$/)), nobody(/^(?!serviceAccount:service-\d+@)/)),
      "The role is that of a service of Google's",
    ),
    must(nobody(anybody), "Everybody is given rights"),
    must(
      nobody(/^(domain|project(Owner|Editor|Viewer)):/),
      "A whole company is given rights, or whoever has a basic role",
    ),
    must(nobody(shared), "The account is that of every machine that names none"),
    must(nobody(/^user:/), "A single person is given rights, past the table of roles"),
    must(
      any(
        nobody(/^group:/),
        roles.some((one) => name.includes(one)),
      ),
      "People are given rights by none of the roles of the table",
    ),
    must(
      any(scope === "one", not(role.matches(narrowable)), isNarrowed(condition)),
      "The role opens every database, secret, key or bucket of the project",
    ),
    must(
      any(scope === "one", not(role.matches(acting))),
      "The right to act as an account is given for every account of the project",
    ),
  ];
}

/** What a tunnel leads to: a condition on the port is what keeps it from all others of a machine. */
function tunnel(props: Pick<Value, "at">): Finding[] {
  return grantsOf(props).map(({ condition }) =>
    must(
      condition.at("expression").matches(/destination\.port/),
      "The tunnel leads to every port of the machine",
    ),
  );
}

const tunnels = [t.gcpTunnelInstanceIAMMember, t.gcpTunnelInstanceIAMBinding] as const;

/** Permissions that no role of the project's own needs: over rights, accounts and the project, and to delete data. */
const never =
  /\*|\.setIamPolicy$|^iam\.(serviceAccountKeys|roles)\.|^iam\.serviceAccounts\.(create|delete|disable|enable|undelete|update)$|^resourcemanager\.\w+\.(delete|move|update)$|^orgpolicy\.|^deploymentmanager\.|^compute\.projects\.setCommonInstanceMetadata$|\.(disks|buckets|backups|backupRuns|secrets|snapshots)\.delete$|^(cloudsql|redis)\.instances\.delete$|^cloudsql\.(databases\.delete|instances\.restoreBackup)$|^secretmanager\.versions\.destroy$/;

/**
 * Permissions that change or open something, of kinds that a condition can name
 * (https://cloud.google.com/iam/docs/conditions-resource-attributes); of others no condition can be asked,
 * such as those of a managed group of instances. Making something new and looking at its settings are none of them.
 */
const narrowablePermission =
  /^(compute\.(instances|disks|images|snapshots|instanceTemplates|firewalls|subnetworks|backendServices|forwardingRules)|cloudsql\.(instances|backupRuns|databases|users)|secretmanager\.(secrets|versions)|storage\.(buckets|managedFolders)|cloudkms\.\w+|iam\.serviceAccounts)\.(?!(get|list|create)$)\w+$|^storage\.objects\./;

/** Roles of the stack's own that a grant may mean: the one that it names, else those that it was made after. */
function ownRoles(stack: StackView, grant: Grant, resource: ResourceView): readonly ResourceView[] {
  const own = stack.of(t.gcpCustomRole) as readonly ResourceView[];
  const named = /\/roles\/(\w[\w.]*)$/.exec(grant.role.text ?? "")?.[1];
  return grant.role.unknown === undefined
    ? own.filter(({ props }) => named !== undefined && props.at("roleId").known === named)
    : own.filter((one) => dependsOn(resource, one));
}

/** Whether an account's address is that of one that the stack makes, in a project that the stack may touch. */
function isOfStack(stack: StackView, email: Value): Truth {
  const projects = stack.resources
    .filter(({ type }) => type === "pulumi:providers:gcp")
    .map(({ props }) => props.at("project"));
  const accounts = stack.of(t.gcpServiceAccount).map(({ props }) => props.get("accountId"));
  const unknown = [...accounts, ...projects].find((one) => one.unknown !== undefined)?.unknown;
  const found = email.test((text) => {
    const [account, domain] = String(text).split("@");
    return (
      accounts.some((one) => one.known === account) &&
      projects.some((one) => `${one.text ?? ""}.iam.gserviceaccount.com` === domain)
    );
  });
  return unless(unknown, found);
}

/**
 * What a cluster makes pools from by itself, where it does: the cloud tells of defaults in any case, and at a preview
 * that they are not known.
 */
function madeByItself(autoscaling: Value): readonly Value[] {
  return autoscaling.at("enabled").is(true) === true
    ? [autoscaling.at("autoProvisioningDefaults")]
    : [];
}

/** Accounts that machines run as, wherever they are named; an empty name is the project's own default. */
function accountsOf(stack: StackView): readonly (readonly [urn: string, email: Value])[] {
  const machines = [t.gcpInstance, t.gcpInstanceTemplate, t.gcpRegionInstanceTemplate].flatMap(
    (type: TypeToken<unknown>) => stack.of(type),
  );
  const pools = stack.of(t.gcpNodePool) as readonly ResourceView[];
  const clusters = stack.of(t.gcpCluster) as readonly ResourceView[];
  return [
    ...machines.map(({ urn, props }) => [urn, props.at("serviceAccount").at("email")] as const),
    ...pools.map(({ urn, props }) => [urn, props.at("nodeConfig").at("serviceAccount")] as const),
    ...clusters.flatMap(({ urn, props }) =>
      [
        props.at("nodeConfig"),
        ...madeByItself(props.at("clusterAutoscaling")),
        ...props.at("nodePools").items.map((pool) => pool.at("nodeConfig")),
      ].map((node) => [urn, node.at("serviceAccount")] as const),
    ),
  ];
}

export const accessGcp: readonly Rule[] = [
  resourceRule(
    {
      id: "gcp-rights-narrow",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects:
        "Accounts have the roles that they need on what they need, and people have them by the table of roles",
      source:
        "CIS Google Cloud Foundation 3.0.0, 1.5, 1.6 and 5.1: https://cloud.google.com/iam/docs/using-iam-securely",
      fix: "Bind a narrow role on the resource itself, or with a condition on resource.name, to a service account or to a group of the table",
    },
    ...onGrants(narrow),
    ...tunnels.map((type: TypeToken<unknown>) =>
      on(type, (p, { name }) => [
        ...grantsOf(p).flatMap((grant) => narrow(grant, "one", name)),
        ...tunnel(p),
      ]),
    ),
    ...[t.gcpTunnelMember, t.gcpTunnelBinding].map((type: TypeToken<unknown>) =>
      on(type, () => must(false, "The tunnel leads to every machine of the project")),
    ),
  ),
  resourceRule(
    {
      id: "gcp-rights-added",
      severity: "high",
      level: "mandatory",
      theme: "access",
      protects:
        "Giving somebody a right in the project takes it from nobody else: not from Google's own services, nor from whoever could mend it",
      source:
        "https://www.pulumi.com/registry/packages/gcp/api-docs/projects/iampolicy/ (authoritative; one can lock oneself out)",
      fix: "Use an IAMMember for each account and role",
    },
    ...grantTypes
      .filter(({ scope, replaces }) => scope === "all" && replaces)
      .map(({ type }) => on(type, () => must(false, "Rights of others are taken away"))),
  ),
  resourceRule(
    {
      id: "gcp-custom-roles-narrow",
      severity: "high",
      level: "mandatory",
      theme: "access",
      protects: "Roles of our own have no right over rights, and none to delete data",
      source: "https://cloud.google.com/iam/docs/custom-roles-permissions-support",
      fix: "Take setIamPolicy, serviceAccountKeys, upkeep of accounts and projects, and data deletion out of the role",
    },
    ...[t.gcpCustomRole, t.gcpOrganizationRole].map((type) =>
      on(type, (p) => [
        must(p.get("permissions").filled, "The role holds nothing"),
        must(
          p.get("permissions").every((one) => not(one.matches(never))),
          "The role holds a right over rights, or one to delete data",
        ),
      ]),
    ),
  ),
  stackRule(
    {
      id: "gcp-custom-roles-on-what-they-need",
      severity: "high",
      level: "mandatory",
      theme: "access",
      protects:
        "A role of our own that changes or opens something does so on the resources that it is meant for",
      source:
        "https://cloud.google.com/iam/docs/conditions-resource-attributes; https://cloud.google.com/sql/docs/postgres/iam-conditions",
      fix: "Bind the role on the resource itself, or give the binding a condition on resource.name",
    },
    grantTypes.filter(({ scope }) => scope === "all").map(({ type }) => type),
    (stack) =>
      grantTypes
        .filter(({ scope }) => scope === "all")
        .flatMap(({ type }) => stack.of(type))
        .flatMap((resource) =>
          grantsOf(resource.props).flatMap((grant) =>
            ownRoles(stack, grant, resource).map((role) =>
              must(
                implies(
                  role.props.at("permissions").some((one) => one.matches(narrowablePermission)),
                  isNarrowed(grant.condition),
                ),
                "The role of the stack's own counts for everything of its kind in the project",
                resource.urn,
              ),
            ),
          ),
        ),
  ),
  stackRule(
    {
      id: "gcp-accounts-of-the-stack",
      severity: "high",
      level: "mandatory",
      theme: "access",
      protects: "Machines run as accounts whose rights stand in the stack, for all to read",
      source: "https://cloud.google.com/iam/docs/best-practices-service-accounts#single-purpose",
      fix: "Give the machine or pool an account that the stack makes, or none",
    },
    [
      t.gcpInstance,
      t.gcpInstanceTemplate,
      t.gcpRegionInstanceTemplate,
      t.gcpNodePool,
      t.gcpCluster,
    ],
    (stack) =>
      accountsOf(stack).map(([urn, email]) =>
        must(any(email.absent, isOfStack(stack, email)), "The account is none of the stack's", urn),
      ),
  ),
  resourceRule(
    {
      id: "gcp-federation-narrow",
      severity: "critical",
      level: "mandatory",
      theme: "access",
      protects:
        "Whoever signs in from another system, such as a pipeline, is one that was meant: the issuer gives tokens to strangers too",
      source:
        "https://cloud.google.com/iam/docs/best-practices-for-using-workload-identity-federation#provider-configuration; https://docs.gitlab.com/ci/cloud_services/google_cloud/",
      fix: "Set attributeCondition on what the token says, for example assertion.namespace_path or assertion.project_id",
    },
    on(t.gcpIdentityProvider, (p) =>
      must(
        p.get("attributeCondition").matches(/assertion|attribute\.|google\./),
        "Every token of the issuer is taken",
      ),
    ),
  ),
  resourceRule(
    {
      id: "gcp-no-account-keys",
      severity: "high",
      level: "mandatory",
      theme: "access",
      protects: "Accounts of Google Cloud have no key that could be carried away",
      source:
        "CIS Google Cloud Foundation 3.0.0, 1.4: https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",
      fix: "Use the machine's own identity; only a machine on another cloud needs a key, and an exemption",
    },
    on(t.gcpServiceAccountKey, () => must(false, "The account has a key")),
    on(t.gcpHmacKey, () => must(false, "The account has a key")),
  ),
];
