/**
 * Takes the stack traces away that the Pulumi SDK renders for its own bookkeeping: one for every promise that it tracks
 * (`debuggablePromise`), thousands in a preview, shown only where a promise leaks. With source maps each is a search;
 * together they were a third of a program's time. Every other trace stays as it is.
 */
type Prepare = (this: void, error: Error, frames: NodeJS.CallSite[]) => unknown;

const { prepareStackTrace: rendered } = Error as { prepareStackTrace?: Prepare };
const bookkeeping = /[\\/]runtime[\\/]debuggable\.js$/;

if (rendered !== undefined) {
  Error.prepareStackTrace = (error, frames) =>
    error.message === "" && bookkeeping.test(frames[0]?.getFileName() ?? "")
      ? ""
      : rendered(error, frames);
}
