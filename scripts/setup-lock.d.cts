/** Types of setup-lock.cjs; what they mean is said in engine/locks.ts. */
export interface LockHolder {
  readonly pid: number;
  readonly started: string;
  readonly host: string;
  readonly purpose: string;
  readonly since: string;
  readonly token: string;
}
export interface LockOptions {
  readonly purpose: string;
  readonly onWait?: (holder: LockHolder) => void;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}
export interface Lock {
  readonly file: string;
  release(): void;
}
export function acquireLock(file: string, options: LockOptions): Promise<Lock>;
export function createWhole(file: string, content: string): boolean;
export function describeProcess(purpose: string, pid?: number): LockHolder;
export function keepFresh(file: string): () => void;
export function holderLives(holder: LockHolder): boolean | undefined;
export function isStale(file: string, holder: LockHolder | null): boolean;
export function processStart(pid: number): string | undefined;
export function readHolder(file: string): LockHolder | null | undefined;
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
