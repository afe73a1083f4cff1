/**
 * Azure and GCP components under Pulumi's mocks (./mocks). Load this before the components: mocks have to be set first.
 */
import { mockClouds, none, type Make } from "./mocks";

export { declared, isSecret, ofType, only, valueOf, type Declared } from "./mocks";

/** Outputs that the components use, by type. */
const types: Readonly<Record<string, Make>> = {
  "gcp:serviceaccount/account:Account": (_name, inputs) => {
    const email = `${String(inputs.accountId)}@project.iam.gserviceaccount.com`;
    return { email, name: `projects/project/serviceAccounts/${email}` };
  },
  "gcp:serviceaccount/key:Key": (name) => ({
    privateKey: Buffer.from(JSON.stringify({ type: "service_account", name })).toString("base64"),
  }),
  "gcp:storage/bucket:Bucket": (_name, inputs) => ({ url: `gs://${String(inputs.name)}` }),
  "gcp:storage/bucketIAMMember:BucketIAMMember": none,
};

mockClouds(types);
