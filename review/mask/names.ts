/** Which property names say that their value is a secret, and which only speak of one. */

/** Words that name a secret where they end a word: `PGPASSWORD`, `clientSecret`, `deploy_token`. */
const secretWord =
  /(?:password|passwd|passcode|passphrase|pwd|secret|token|credential|creds|htpasswd|jwt|psk|cookie)s?$|^(?:pass|pw)$/;

/** Names of secrets that are more than one word. */
const secretPhrases: readonly RegExp[] = [
  /\b(?:api|access|private|secret|account|shared|signing|master|storage|license|integration|routing|raw) ?keys?\b/,
  /\bencryption (?:primary |deterministic )?keys?\b/,
  /\bkey base\b/,
  /\bderivation salt\b/,
  /\bconnection strings?\b/,
  /\bsas\b/,
  /\bpre shared keys?\b/,
  /\bapi ?keys?\b/,
  /\bbasic auth\b/,
  /\bwebhook(?: url)?$/,
  /^(?:proxy )?authorization$/,
];

/**
 * Words after the secret's that make of it a name, a place or a rule of the secret, which reviewers have to read:
 * `secretName`, `tokenUrl`, `kmsKeyId`, `passwordRef`, `tokenExpirationSeconds`.
 */
const aboutIt = new Set(
  `id ids identifier identifiers name names arn arns ref refs reference references from url urls uri uris endpoint
   endpoints path paths file files filename dir directory folder mount mounts volume version versions type types kind
   length min max minimum maximum policy policies ttl expiry expires expiration validity lifetime duration period age
   day days hour hours minute minutes second seconds enable enabled disable disabled required optional allowed rotation
   rotate rotated count limit size algorithm format scope scopes audience audiences issuer issuers manager store stores
   provider providers accessor accessors reader readers role roles title description namespace label labels annotation
   annotations tag tags status state time created updated changed encryption mode source sources region location alias
   selector pattern prefix suffix rule rules permission permissions key usage method methods condition conditions error
   errors strategy spec specs reset event events
   bucket buckets scanning detection review reviews request requests class project port ports`.split(
    /\s+/,
  ),
);

/** Words before it that make of it a switch or a number: `maxTokens`, `enableToken`. */
const switches = new Set(
  "max min num number count has use uses enable enabled disable disabled allow require requires required automount mount is no without ignore checksum digest fingerprint next continue".split(
    " ",
  ),
);

/** Tokens that make a request happen once, or ask for one of many pages, and open nothing. */
const harmless = /\b(?:creation|client|client request|idempotency|next page|http) tokens?$/;

/** The words of a name: `dbPassword`, `DB_PASSWORD`, `db-password` and `ns/db.password` are all `db password`. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** Longer than any property's name; what is longer is judged by its end. */
const longest = 120;

const known = new Map<string, boolean>();

/** Whether a property, a setting or a variable of this name holds a secret. */
export function isSecretName(name: string): boolean {
  const end = name.slice(-longest);
  const before = known.get(end);
  if (before !== undefined) return before;
  const found = judge(wordsOf(end));
  // Names are few; texts that only look like names are not.
  if (known.size < 10_000) known.set(end, found);
  return found;
}

function judge(words: readonly string[]): boolean {
  if (words.length === 0 || switches.has(words[0] ?? "")) return false;
  if (harmless.test(words.join(" "))) return false;
  const last = lastSecretWord(words);
  return last >= 0 && !words.slice(last + 1).some((word) => aboutIt.has(word));
}

/** Where the last word stands that names a secret, by itself or with those before it; -1 without one. */
function lastSecretWord(words: readonly string[]): number {
  for (let at = words.length - 1; at >= 0; at--) {
    const word = words[at] ?? "";
    if (secretWord.test(word)) return at;
    const phrase = words.slice(Math.max(0, at - 2), at + 1).join(" ");
    if (secretPhrases.some((one) => endsWith(one, phrase))) return at;
  }
  return -1;
}

function endsWith(form: RegExp, text: string): boolean {
  const found = form.exec(text);
  return found !== null && found.index + found[0].length === text.length;
}

/** Whether a name says no more than where a value stands beside its name: `{name: "DB_PASSWORD", value: "…"}`. */
export function isValueName(name: string): boolean {
  return /^(?:parameter)?_?(?:value|content|contents|data|default|current)$/i.test(name);
}

/** Whether a name is that of a name: see `isValueName`. */
export function isNameName(name: string): boolean {
  return /^(?:(?:parameter|variable|env|setting)?_?(?:name|key)|variable)$/i.test(name);
}

/** Whether under a name that says secret this one still is for people: `credentials: {userName, roleArn}`. */
export function isAboutSecret(name: string): boolean {
  const words = wordsOf(name);
  return aboutIt.has(words.at(-1) ?? "") && !isSecretName(name);
}

/** Settings called `…_SECRET` often name the object that holds the secret: `TOKEN_SECRET=gitlab-ops-runner-token`. */
export function isNameOfSecret(name: string, value: string): boolean {
  const words = wordsOf(name.slice(-longest));
  if (!/^secrets?$/.test(words.at(-1) ?? "")) return false;
  if (
    /^(?:client|shared|app|application|consumer|api|webhook|jwt|session|oauth)$/.test(
      words.at(-2) ?? "",
    )
  )
    return false;
  const slug = /^[a-z][a-z0-9]{0,20}(?:-[a-z0-9]{1,20}){2,12}$/.test(value);
  return slug && /(?:^|-)(?:secret|token|password|key|credential)s?(?:-|$)/.test(value);
}
