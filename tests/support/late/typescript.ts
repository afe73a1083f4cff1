/**
 * The TypeScript compiler in the Pulumi SDK's hands, as jest gives it to tests (jest.config.js): loaded when a member of
 * it is asked for. The SDK (3.259.0, typescript-shim) wants it to turn functions into cloud functions, which nothing
 * here does, and to load its nine megabytes is half a second of every test file. engine/late-modules.ts does the same
 * for programs.
 */
let compiler: object | undefined;

function load(): object {
  return (compiler ??= jest.requireActual<object>("typescript"));
}

export = new Proxy(
  {},
  {
    get: (_target, member) => Reflect.get(load(), member) as unknown,
    has: (_target, member) => Reflect.has(load(), member),
  },
);
