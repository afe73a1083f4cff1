/** What stands in place of a value that is not shown. */
export const marks = {
  /** The engine calls it secret, or it is one of the known secrets. */
  secret: "[secret]",
  /** Its name or its form says that it is sensitive. */
  hidden: "[hidden]",
  /** It is not known before an up. */
  unknown: "[known after up]",
} as const;

/** A text that is nothing but one mark. */
export function isMark(text: string): boolean {
  return text === marks.secret || text === marks.hidden || text === marks.unknown;
}
