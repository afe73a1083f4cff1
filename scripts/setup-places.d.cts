/** Types of setup-places.cjs; what the functions do is said there. */
type Env = Readonly<Record<string, string | undefined>>;
export function cacheFolder(env: Env): string;
export function given(env: Env, name: string): string | undefined;
export function homeFolder(env: Env): string;
