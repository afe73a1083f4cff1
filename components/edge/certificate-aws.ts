import * as acm from "@pulumi/aws/acm";
import * as route53 from "@pulumi/aws/route53";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../shared/component";
import type { Site } from "../shared/site";

/** Arguments of Certificate. */
export interface CertificateArgs {
  readonly site: Site;
  /** Host names, at least one, none a wildcard. The first is the certificate's subject. */
  readonly hosts: readonly string[];
  /** Public hosted zone of all of them. */
  readonly zoneId: pulumi.Input<string>;
}

/**
 * A public certificate that ACM renews by itself for as long as the validation records stand
 * (https://docs.aws.amazon.com/acm/latest/userguide/dns-renewal-validation.html).
 */
export class Certificate extends Component {
  readonly arn: pulumi.Output<string>;
  /** The same, known once the certificate is issued: what a listener takes. */
  readonly validatedArn: pulumi.Output<string>;

  /** @throws if there is no host, one is named twice or is a wildcard */
  constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("edge", "Certificate", name, { hosts: args.hosts.join(",") }, opts);
    const [subject, ...others] = args.hosts;
    if (subject === undefined) throw new Error("hosts: found none, allowed: at least one");
    if (new Set(args.hosts).size !== args.hosts.length || args.hosts.some((h) => h.includes("*"))) {
      // A wildcard shares its validation record with its parent: one record would be made twice.
      throw new Error(`hosts: found ${args.hosts.join(", ")}, allowed: different plain names`);
    }
    const own = { parent: this };
    const certificate = new acm.Certificate(
      `${name}-web`,
      {
        domainName: subject,
        subjectAlternativeNames: others,
        validationMethod: "DNS",
        tags: { Name: `${args.site.prefix}-web` },
      },
      own,
    );
    // The hosts are known now and the records' content is not: one record a host, filled from its own option.
    const records = args.hosts.map((host) => {
      const option = certificate.domainValidationOptions.apply((options) => {
        const found = options.find((each) => each.domainName === host);
        if (found === undefined) throw new Error(`ACM named no validation record for ${host}`);
        return found;
      });
      return new route53.Record(
        `${name}-${host}`,
        {
          zoneId: args.zoneId,
          name: option.resourceRecordName,
          type: option.resourceRecordType,
          records: [option.resourceRecordValue],
          ttl: 300,
        },
        own,
      );
    });
    const validation = new acm.CertificateValidation(
      `${name}-issued`,
      {
        certificateArn: certificate.arn,
        validationRecordFqdns: records.map((record) => record.fqdn),
      },
      own,
    );
    this.arn = certificate.arn;
    this.validatedArn = validation.certificateArn;
    this.registerOutputs({ arn: this.arn });
  }
}
