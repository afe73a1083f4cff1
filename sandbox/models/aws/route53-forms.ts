/** Route 53: what zones, records and health checks have alike. */

/** An ARN of Route 53, which has neither region nor account. */
export const arn = (resource: string): string => `arn:{partition}:route53:::${resource}`;

/** A zone may exist outside the stack: the registrar's, named in the settings. */
export const zoneIdOutside = "Z[A-Z0-9]{6,31}";

/** Letters of a domain name, escapes (`\052`) among them. */
export const nameText = "[A-Za-z0-9*_.\\-\\\\]+";
