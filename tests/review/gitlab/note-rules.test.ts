import { fc } from "../../support/properties";
import type { Note } from "../../../review/gitlab/client";
import { nextStep, ownNotes, sameText, type Wanted } from "../../../review/gitlab/note-rules";
import { marker, runLine, runOf } from "../../../review/note/marker";

const me = 1;
const mark = marker("gitlab");
const text = (run: number | undefined, rest = "text"): string =>
  [mark, ...(run === undefined ? [] : [runLine(run)]), "", rest].join("\n");
let ids = 0;
const note = (body: string, more: Partial<Note> = {}): Note => ({
  id: ++ids,
  body,
  system: false,
  author: { id: me },
  ...more,
});
const wanted = (run: number | undefined, rest = "text"): Wanted => ({
  author: me,
  marker: mark,
  run,
  body: () => text(run, rest),
});

describe("whose a note is", () => {
  test.each([
    ["another user's, with the same text", note(text(1), { author: { id: 2 } })],
    ["one whose author is gone", note(text(1), { author: null })],
    ["a system note", note(text(1), { system: true })],
    ["a quote of it", note(`> ${text(1)}`)],
    ["one with a line before it", note(`\n${text(1)}`)],
    ["one with more on the first line", note(`${mark} and more\n`)],
    ["one with less on the first line", note(mark.slice(0, -1))],
    ["another project's", note(text(1).replace(mark, marker("non-gitlab")))],
    ["a project's whose name ours begins", note(text(1).replace(mark, marker("gitlab-2")))],
    ["one in other letters", note(text(1).replace("pulumi", "Pulumi"))],
  ])("%s is not ours", (_, other) => {
    expect(ownNotes([other], wanted(2))).toEqual([]);
    expect(nextStep([other], wanted(2))).toEqual({ kind: "create", body: text(2) });
  });

  test("ours is found by author and first line, whatever is edited below", () => {
    const own = note(`${mark}\r\nsomebody's words`);
    expect(ownNotes([note("hello"), own], wanted(2))).toEqual([own]);
  });
});

describe("the next step", () => {
  test("an older pipeline's note is brought up to date", () => {
    const own = note(text(1));
    expect(nextStep([own], wanted(2))).toEqual({ kind: "update", note: own, body: text(2) });
  });

  test("none is posted where only one that stands is to be brought up to date", () => {
    expect(nextStep([note("hello")], { ...wanted(2), create: false })).toEqual({ kind: "absent" });
    expect(nextStep([note(text(1))], { ...wanted(2), create: false }).kind).toBe("update");
  });

  test("a newer pipeline's note is left as it is", () => {
    const own = note(text(3));
    expect(nextStep([own], wanted(2))).toEqual({ kind: "superseded", note: own });
  });

  test("a run without a pipeline overwrites none that has one", () => {
    expect(nextStep([note(text(1))], wanted(undefined)).kind).toBe("superseded");
    expect(nextStep([note(text(undefined, "old"))], wanted(undefined)).kind).toBe("update");
  });

  test("the same text is not written again, in whatever form GitLab keeps it", () => {
    expect(nextStep([note(text(2).replaceAll("\n", "\r\n"))], wanted(2)).kind).toBe("stands");
    expect(sameText("a\n\n", "a")).toBe(true);
    expect(sameText("a\nb", "a b")).toBe(false);
  });

  test("what GitLab has made of this run's text is not written again and again", () => {
    const own = note(text(2, "rewritten"));
    expect(nextStep([own], { ...wanted(2), written: own.id }).kind).toBe("stands");
    expect(nextStep([own], { ...wanted(2), written: own.id + 1 }).kind).toBe("update");
  });

  test("an older run's text in the note that this run has written is written over again", () => {
    const own = note(text(1));
    expect(nextStep([own], { ...wanted(2), written: own.id }).kind).toBe("update");
  });

  test("the newest pipeline's note is kept and brought up to date before others are removed", () => {
    const [old, best, older] = [note(text(3)), note(text(5)), note(text(4))];
    expect(nextStep([old, best, older], wanted(6))).toMatchObject({ kind: "update", note: best });
    expect(nextStep([old, best, older], wanted(4))).toEqual({
      kind: "remove",
      notes: [older, old],
    });
  });

  test("of two notes of one pipeline the newer is kept", () => {
    const [one, two] = [note(text(5)), note(text(5))];
    expect(nextStep([one, two], wanted(5))).toEqual({ kind: "remove", notes: [one] });
  });

  test("the text is made of the one that stands", () => {
    const own = note(text(1, "- [x] done"));
    const body = jest.fn((standing?: string) => standing ?? "");
    nextStep([note("hello"), own], { ...wanted(2), body });
    expect(body.mock.calls).toEqual([[own.body]]);
  });
});

/**
 * Runs that look and write in turns of their own. What is written is looked at once more first, so that a note is not
 * written or removed when it has changed since; between that look and the write nothing happens here.
 */
class Run {
  done = false;
  private seen: readonly Note[] | undefined;
  private written: number | undefined;

  constructor(readonly pipeline: number) {}

  turn(all: Note[]): void {
    if (this.done) return;
    if (this.seen === undefined) {
      this.seen = all.map((one) => ({ ...one }));
      return;
    }
    const step = nextStep(this.seen, { ...wanted(this.pipeline), written: this.written });
    this.seen = undefined;
    const unchanged = ({ id, body }: Note): number =>
      all.findIndex((one) => one.id === id && one.body === body);
    if (step.kind === "create") {
      const created = note(step.body);
      all.push(created);
      this.written = created.id;
    } else if (step.kind === "update") {
      const at = unchanged(step.note);
      if (at < 0) return;
      all[at] = { ...step.note, body: step.body };
      this.written = step.note.id;
    } else if (step.kind === "remove") {
      for (const one of step.notes) {
        const at = unchanged(one);
        if (at >= 0) all.splice(at, 1);
      }
    } else {
      this.done = true;
    }
  }
}

test("however many runs take turns, one note of the newest is left, and nobody else's is touched", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }), { maxLength: 3 }),
      fc.infiniteStream(fc.nat()),
      (pipelines, standing, order) => {
        const theirs = [note(text(9), { author: { id: 2 } }), note("hello"), note(`> ${mark}`)];
        const all = [...theirs, ...standing.map((run) => note(text(run, "old")))];
        const runs = pipelines.map((pipeline) => new Run(pipeline));
        let turns = 0;
        for (let left = runs; left.length > 0; left = runs.filter(({ done }) => !done)) {
          const next = (order.next().value as number) % left.length;
          left[next]?.turn(all);
          turns += 1;
          if (turns > 1000) throw new Error("it does not end");
        }
        const own = ownNotes(all, wanted(1));
        expect(own).toHaveLength(1);
        expect(runOf(own[0]?.body ?? "")).toBe(
          Math.max(...pipelines, ...standing.map((run) => run ?? 0)),
        );
        expect(all.filter(({ id }) => theirs.some((one) => one.id === id))).toEqual(theirs);
      },
    ),
    { numRuns: 500 },
  );
});
