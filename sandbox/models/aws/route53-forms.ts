/** Route 53: what zones, records and health checks have alike. */

/** An ARN of Route 53, which has neither region nor account. */
export const arn = (resource: string): string => `arn:{partition}:route53:::${resource}`;

/** A zone may exist outside the stack: the registrar's, named in the settings. */
export const zoneIdOutside = "Z[A-Z0-9]{6,31}";

/** A domain name, with or without its last dot; `*` as a label of its own: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html */
export const nameText = "([A-Za-z0-9_-]{1,63}\\.|\\*\\.)*[A-Za-z0-9_-]{1,63}\\.?";
