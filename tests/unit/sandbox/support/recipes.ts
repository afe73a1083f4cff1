/** Inputs for types whose rules ask for other objects, or for what no single property decides. */
import type { Known, Wire } from "./client";
import { azureRecipes } from "./recipes-azure";
import { gcpRecipes } from "./recipes-gcp";
import { kubernetesRecipes } from "./recipes-kubernetes";

/** Objects that a recipe needs. */
export interface Pantry {
  /** The n-th object of a type. */
  readonly object: (token: string, index?: number) => Promise<Known>;
  /** An object of a type with these inputs among its own. */
  readonly make: (token: string, pinned: Wire) => Promise<Known>;
  /** Which object of its type the recipe is for. */
  readonly index: number;
}

const IMAGE = "projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20250610";
const BUCKET = "aws:s3/bucket:Bucket";

const policy = (statement: Wire): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });

/** A bucket whose versioning is on: versioning is an object of its own. */
async function versioned(pantry: Pantry, index: number): Promise<Known> {
  const bucket = await pantry.object(BUCKET, index);
  await pantry.make("aws:s3/bucketVersioning:BucketVersioning", {
    bucket: bucket.id,
    versioningConfiguration: { status: "Enabled" },
  });
  return bucket;
}

async function forward({ object }: Pantry): Promise<Wire> {
  const group = await object("aws:lb/targetGroup:TargetGroup");
  return { type: "forward", targetGroupArn: group.outputs["arn"] as string };
}

/** By type token: inputs that the generator starts from. */
export const recipes: Readonly<Record<string, (pantry: Pantry) => Promise<Wire>>> = {
  ...azureRecipes,
  ...gcpRecipes,
  ...kubernetesRecipes,
  // Its id is that of the VPC's own group: one for each VPC.
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": async ({ object, index }) => ({
    vpcId: (await object("aws:ec2/vpc:Vpc", index)).id,
  }),
  // Subnet groups want two zones.
  "aws:ec2/subnet:Subnet": ({ index }) =>
    Promise.resolve({ availabilityZone: `eu-west-1${"abc"[index % 3]}` }),
  "aws:lb/listener:Listener": async (pantry) => ({ defaultActions: [await forward(pantry)] }),
  "aws:lb/listenerRule:ListenerRule": async (pantry) => ({ actions: [await forward(pantry)] }),
  "aws:s3/bucketPolicy:BucketPolicy": async ({ object, index }) => {
    const bucket = await object(BUCKET, index);
    const arn = bucket.outputs["arn"] as string;
    const statement = { Principal: "*", Action: "s3:GetObject", Resource: `${arn}/*` };
    return { bucket: bucket.id, policy: policy(statement) };
  },
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": async (pantry) => ({
    bucket: (await versioned(pantry, 0)).id,
  }),
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": async (pantry) => {
    const [from, to] = [await versioned(pantry, 0), await versioned(pantry, 1)];
    const destination = { bucket: to.outputs["arn"] as string };
    return { bucket: from.id, rules: [{ id: "all", status: "Enabled", destination }] };
  },
  "aws:scheduler/schedule:Schedule": async ({ object, make }) => {
    const role = await make("aws:iam/role:Role", {
      assumeRolePolicy: policy({
        Principal: { Service: "scheduler.amazonaws.com" },
        Action: "sts:AssumeRole",
      }),
    });
    const topic = await object("aws:sns/topic:Topic");
    return {
      target: {
        arn: topic.outputs["arn"] as string,
        roleArn: role.outputs["arn"] as string,
      },
    };
  },
  "aws:sns/topicPolicy:TopicPolicy": async ({ object }) => {
    const arn = (await object("aws:sns/topic:Topic")).outputs["arn"] as string;
    const statement = { Principal: { AWS: "*" }, Action: "sns:Publish", Resource: arn };
    return { arn, policy: policy(statement) };
  },
  // A boot disk has a source, and an interface a network.
  "gcp:compute/instance:Instance": async ({ object }) => ({
    bootDisk: { initializeParams: { image: IMAGE } },
    networkInterfaces: [{ subnetwork: (await object("gcp:compute/subnetwork:Subnetwork")).id }],
  }),
  "gcp:compute/instanceTemplate:InstanceTemplate": async ({ object }) => ({
    disks: [{ boot: true, sourceImage: IMAGE }],
    networkInterfaces: [{ subnetwork: (await object("gcp:compute/subnetwork:Subnetwork")).id }],
  }),
};
