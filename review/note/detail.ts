/** How much of an environment's changes a note shows. */

/** `values`: property by property; `paths`: names of properties; `names`: of resources; `counts`: a line a component. */
export type ChangeDetail = "values" | "paths" | "names" | "counts" | "none";

/** What is shown of one environment, and what is folded away. */
export interface Detail {
  /** Of what is created, imported or deleted. */
  readonly made: Exclude<ChangeDetail, "paths">;
  /** Of what is updated or replaced, or has its protection lifted. */
  readonly altered: ChangeDetail;
  /** Most characters of a line and most lines of one property. */
  readonly values: { readonly width: number; readonly maxLines: number };
  readonly drift: ChangeDetail;
  /** Of findings that stop nothing: exempted, advisory and undecided ones. */
  readonly findings: "messages" | "names" | "counts";
  /** Most lines of a failed preview's errors, and of what else stops it. */
  readonly errorLines: number;
}

/** Everything, for the note that is an artifact. */
export const fullDetail: Detail = {
  made: "values",
  altered: "values",
  values: { width: Infinity, maxLines: Infinity },
  drift: "values",
  findings: "messages",
  errorLines: Infinity,
};

/** What a note begins with: a text of many lines is shown as far as a reader would follow it there. */
export const noteDetail: Detail = {
  ...fullDetail,
  values: { width: 160, maxLines: 60 },
  errorLines: 200,
};
