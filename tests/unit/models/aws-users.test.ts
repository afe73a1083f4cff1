import { Account, policy } from "./support";

const USER = "aws:iam/user:User";
const USER_POLICY = "aws:iam/userPolicy:UserPolicy";
const ACCESS_KEY = "aws:iam/accessKey:AccessKey";

let account: Account;
beforeAll(async () => {
  account = await Account.open();
});
afterAll(() => account.close());

describe("IAM users", () => {
  test("have their true names, and keys in AWS' form whose secret is one", async () => {
    const user = await account.make(USER, { path: "/backup/" }, "writer");
    expect(user.outputs["arn"]).toMatch(/^arn:aws:iam::\d{12}:user\/backup\/writer-[0-9a-f]{7}$/);
    const key = await account.make(ACCESS_KEY, { user: user.id });
    expect(key.id).toMatch(/^AKIA[A-Z0-9]{16}$/);
    expect(JSON.stringify(key.outputs["secret"])).toContain("1b47061264138c4ac30d75fd1eb44270");
  });

  test("are not deleted while a key or a policy of theirs is left", async () => {
    const user = await account.make(USER, {});
    const key = await account.make(ACCESS_KEY, { user: user.id });
    await expect(account.provider.delete(user)).rejects.toThrow(/DeleteConflict|access ?key/i);
    await account.provider.delete(key);
    await account.provider.delete(user);
  });

  test("must exist where a key, a policy or a bucket's policy names them", async () => {
    await expect(account.make(ACCESS_KEY, { user: "nobody" })).rejects.toThrow(/nobody/);
    const allowed = policy({ Effect: "Allow", Action: "s3:PutObject", Resource: "*" });
    await expect(account.make(USER_POLICY, { user: "nobody", policy: allowed })).rejects.toThrow(
      /nobody/,
    );
    const bucket = await account.make("aws:s3/bucket:Bucket", { bucket: "users-archives" });
    const named = (arn: unknown) => ({
      bucket: bucket.id,
      policy: policy({
        Effect: "Allow",
        Principal: { AWS: String(arn) },
        Action: "s3:PutObject",
        Resource: "arn:aws:s3:::users-archives/*",
      }),
    });
    await expect(
      account.make(
        "aws:s3/bucketPolicy:BucketPolicy",
        named("arn:aws:iam::123456789012:user/nobody"),
      ),
    ).rejects.toThrow(/invalid principal/);
    const user = await account.make(USER, {});
    await account.make("aws:s3/bucketPolicy:BucketPolicy", named(user.outputs["arn"]));
  });

  test("a policy beyond the 2,048 characters of a user, or with a principal, is refused", async () => {
    const user = await account.make(USER, {});
    const statement = { Effect: "Allow", Action: "s3:PutObject", Resource: "*" };
    await expect(
      account.make(USER_POLICY, {
        user: user.id,
        policy: policy(...Array.from({ length: 40 }, () => statement)),
      }),
    ).rejects.toThrow(/2048/);
    await expect(
      account.make(USER_POLICY, {
        user: user.id,
        policy: policy({ ...statement, Principal: "*" }),
      }),
    ).rejects.toThrow(/principal/);
  });
});
