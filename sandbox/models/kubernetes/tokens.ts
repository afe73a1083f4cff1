/** Types that objects of others refer to. */
export const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
export const SERVICE = "kubernetes:core/v1:Service";
/** What the nodes of a cluster are. */
export const NODE_POOL = "gcp:container/nodePool:NodePool";
