/** EC2 takes 16 KiB of user data, before base64 (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html). */
const userDataLimitBytes = 16 * 1024;

/**
 * User data whose first act is to order the machine's end, some minutes from now.
 *
 * The job's own script and its unit end the machine, too; this one holds when the machine never gets that far: no
 * group watches a one-shot machine, so nothing else would end one whose files could not be fetched.
 *
 * @param userData a shell script, base64.
 * @param minutes from the start of the script; 15 to 1440.
 * @returns base64.
 * @throws if the script does not start with a shebang line, the minutes are out of range, or the result is over EC2's limit.
 */
export function withDeadline(userData: string, minutes: number): string {
  if (!Number.isInteger(minutes) || minutes < 15 || minutes > 1440)
    throw new Error(`deadline of the backup machine: found ${minutes} minutes, allowed 15 to 1440`);
  const script = Buffer.from(userData, "base64").toString("utf8");
  const end = script.indexOf("\n");
  if (!script.startsWith("#!") || end < 0)
    throw new Error("user data of the backup machine does not start with a shebang line");
  const result = `${script.slice(0, end + 1)}/usr/sbin/shutdown -P +${minutes}\n${script.slice(end + 1)}`;
  const bytes = Buffer.byteLength(result, "utf8");
  if (bytes > userDataLimitBytes)
    throw new Error(
      `user data of the backup machine has ${bytes} bytes, allowed ${userDataLimitBytes}`,
    );
  return Buffer.from(result, "utf8").toString("base64");
}
