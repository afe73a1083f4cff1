/** Lists that GitLab hands out in pages. */
import { z } from "zod";
import { GitLabError } from "./errors";

/** One page, as @gitbeaker/core gives it with `showExpanded`. */
export interface Page {
  readonly data: unknown;
  readonly paginationInfo: { readonly next: number | null; readonly total: number };
}

/** Nothing that a person reads has more; a server that never ends is a server that is broken. */
const mostPages = 2000;
/** Times that a list is read when things are taken out of it meanwhile. */
const mostReadings = 3;

/**
 * Every item of a list. What is added while it is read is found as well, since the list is asked for oldest first;
 * what is taken out moves the rest forward past the page's edge, which shows in the total, and the list is read anew.
 * A page may hold less than it was asked for, or nothing, and not be the last: GitLab takes out what the reader may
 * not see after it has cut the pages (gitlabhq, lib/api/notes.rb).
 */
export async function everything<T extends { readonly id: number }>(
  item: z.ZodType<T>,
  page: (number: number) => Promise<Page>,
): Promise<T[]> {
  for (let reading = 1; ; reading++) {
    const { items, moved } = await read(item, page);
    if (!moved || reading === mostReadings) return items;
  }
}

async function read<T extends { readonly id: number }>(
  item: z.ZodType<T>,
  page: (number: number) => Promise<Page>,
): Promise<{ items: T[]; moved: boolean }> {
  const found = new Map<number, T>();
  let moved = false;
  let total = Number.NaN;
  for (let number = 1; number <= mostPages;) {
    const { data, paginationInfo } = await page(number);
    for (const one of checked(z.array(item), data)) found.set(one.id, one);
    moved ||= paginationInfo.total < total;
    total = paginationInfo.total;
    const { next } = paginationInfo;
    if (next === null || Number.isNaN(next)) return { items: [...found.values()], moved };
    if (next <= number) break;
    number = next;
  }
  throw new GitLabError("GitLab's pages lead back to themselves, or don't end.", {
    retryable: false,
  });
}

/** What GitLab answered, if it has the form that it documents. @throws GitLabError otherwise */
export function checked<T>(schema: z.ZodType<T>, answer: unknown): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw new GitLabError(
    `GitLab answered in a form that its documentation does not have: ${z.prettifyError(result.error).replace(/\s+/g, " ").slice(0, 300)}`,
    { retryable: false },
  );
}
