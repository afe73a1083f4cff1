/** What may be open to the internet. */

/** HTTPS, the HTTP redirect and Git over SSH (which the hosts' own sshd never listens on). */
export const openPorts: ReadonlySet<number> = new Set([80, 443, 22]);
