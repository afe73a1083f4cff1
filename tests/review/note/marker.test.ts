import { fc } from "../../support/properties";
import { firstLine, isMarked, marker, runLine, runOf } from "../../../review/note/marker";
import { nasty } from "./arbitraries";

test("a project's marker is no other project's, and is one comment on one line", () => {
  fc.assert(
    fc.property(nasty, nasty, (one, other) => {
      const [mine, its] = [marker(one), marker(other)];
      expect(mine).toMatch(/^<!-- (?:(?!--)[^<>\n])* -->$/);
      // Halves of characters can't be sent to GitLab, and are all one.
      if (one !== other && !/\p{Surrogate}/u.test(one + other)) expect(mine).not.toBe(its);
      expect(isMarked(`${mine}\r\ntext`, one)).toBe(true);
    }),
  );
  expect(isMarked(`${marker("non-prod")}\n`, "prod")).toBe(false);
  expect(isMarked(` ${marker("prod")}\n`, "prod")).toBe(false);
  expect(isMarked(`${marker("prod")} and more\n`, "prod")).toBe(false);
});

test("the pipeline is read from the second line alone", () => {
  expect(runOf(`${marker("a")}\r\n${runLine(4711)}\r\n`)).toBe(4711);
  expect(runOf(`${marker("a")}\n\n${runLine(4711)}\n`)).toBeUndefined();
  expect(runOf(`${marker("a")}\n<!-- run=1 --> x\n`)).toBeUndefined();
  expect(runOf("")).toBeUndefined();
  expect(firstLine("a\r\nb")).toBe("a");
  for (const wrong of [-1, 1.5, NaN, 1e21]) expect(() => runLine(wrong)).toThrow(RangeError);
});
