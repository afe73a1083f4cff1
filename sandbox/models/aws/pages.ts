/** Where AWS documents what the models say. */

/** Base of EC2's API pages. */
export const EC2_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/";
/** Base of the VPC user guide. */
export const VPC_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide/";
/** Base of EC2 Auto Scaling's API pages. */
export const SCALING_API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/";
/** Base of the EC2 Auto Scaling user guide. */
export const SCALING_GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/";
/** Base of Elastic Load Balancing's guides. */
export const BALANCING_GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/";
/** Base of Elastic Load Balancing's API pages. */
export const BALANCING_API =
  "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/";
/** Base of Route 53's API pages. */
export const ROUTE53_API = "https://docs.aws.amazon.com/Route53/latest/APIReference/";
/** Base of Route 53's guide. */
export const ROUTE53_GUIDE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/";
