import { fc } from "../../support/properties";
import MarkdownIt from "markdown-it";
import {
  clip,
  code,
  codeCell,
  fence,
  hrefOf,
  htmlCode,
  link,
  listed,
  prose,
  size,
  visible,
} from "../../../review/note/markdown";
import { nasty } from "./arbitraries";
import { readNote } from "./reader";

const parser = new MarkdownIt({ html: true });

/** The code spans of one line of Markdown; fails where there is anything else but text. */
function spansIn(markdown: string): string[] {
  const [open, inline, close, ...rest] = parser.parse(markdown, {});
  expect([open?.type, close?.type, rest]).toEqual(["paragraph_open", "paragraph_close", []]);
  return (inline?.children ?? [])
    .filter(({ type, content }) => !(type === "text" && content.trim() === ""))
    .map(({ type, content }) => {
      expect(type).toBe("code_inline");
      return content;
    });
}

/** What a code span shows of a text. */
const shownIn = (text: string): string =>
  /^ +$/.test(text) ? "\u2420".repeat(text.length) : visible(text);

describe("code spans", () => {
  test.each([
    ["plain", "`plain`"],
    ["a`b", "``a`b``"],
    ["a``b", "`a``b`"],
    ["`", "`` ` ``"],
    ["`a", "`` `a ``"],
    [" a ", "`  a  `"],
    ["  ", "`␠␠`"],
    ["a\nb", "`a␊b`"],
    ["\u0000", "`␀`"],
    ["a\u202eb", "`a\\u{202e}b`"],
    ["\ud800", "`\\u{d800}`"],
    ["", "`(empty)`"],
  ])("%j is written %s", (text, markdown) => {
    expect(code(text)).toBe(markdown);
  });

  test("show exactly the visible text, whatever is in it", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        fc.pre(text !== "");
        expect(spansIn(`x ${code(text)}`.slice(2))).toEqual([shownIn(text)]);
      }),
      { numRuns: 200 },
    );
  });

  test("have no delimiter that is longer than parsers look for", () => {
    const runs = Array.from({ length: 80 }, (_, index) => "`".repeat(index + 1)).join(" ");
    expect(spansIn(code(runs))).toEqual([runs.replaceAll("`", "\u02cb")]);
  });

  test("stay in their cell of a table", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const { tables, faults } = readNote(
          `| a | b |\n| :-- | --: |\n| ${codeCell(text)} | 1 |\n`,
        );
        expect(faults).toEqual([]);
        const shown = text === "" ? "(empty)" : shownIn(text).replace(/\\\|/g, "\\\u2502");
        expect(tables).toEqual([
          [
            ["a", "b"],
            [shown, "1"],
          ],
        ]);
      }),
      { numRuns: 200 },
    );
  });

  test("in HTML say nothing but the text", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const { spans, faults, own } = readNote(
          `<details>\n<summary>${htmlCode(text)}</summary>\n\n</details>\n`,
        );
        expect({ spans, faults, own }).toEqual({ spans: [visible(text)], faults: [], own: "" });
      }),
      { numRuns: 150 },
    );
  });
});

describe("fences", () => {
  test("are closed by their own bar alone, and hold every line", () => {
    fc.assert(
      fc.property(fc.array(nasty), (texts) => {
        const lines = texts.map((text) => `  ${visible(text)}`);
        const { fences, faults } = readNote(`${fence(lines, "diff").join("\n")}\n\nend\n`);
        expect(faults).toEqual([]);
        expect(fences).toEqual([lines.map((line) => `${line}\n`).join("")]);
      }),
      { numRuns: 150 },
    );
  });
});

describe("prose", () => {
  test("leaves plain words as they are, and puts the rest into code", () => {
    expect(prose("port 22 is opened to 0.0.0.0/0, and @root is told.")).toBe(
      "port 22 is opened to `0.0.0.0/0`, and `@root` is told.",
    );
    expect(prose("a | b\nc")).toBe("a `|` b c");
    expect(prose("commit deadbeef1 and defaced")).toBe("commit `deadbeef1` and `defaced`");
    expect(prose("  ")).toBe("`(empty)`");
  });

  test("says nothing that GitLab or Markdown acts on", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(readNote(`- ${code("x")}: ${prose(text)}\n`).faults).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("links", () => {
  test.each([
    ["javascript:alert(1)"],
    ["//host/path"],
    ["https://user:password@host/"],
    ["not an address"],
    [`https://host/${"a".repeat(2000)}`],
  ])("to %.40s are left out", (address) => {
    expect(link("text", address)).toBe("text");
  });

  test("can't be left by what stands in an address", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const address = `https://gitlab.example.com/a?b=${text}&c=1#${text}`;
        const { links, faults, own } = readNote(`${link("text", address)} end\n`);
        const found = hrefOf(address) !== undefined;
        expect({ links: links.length, faults, own }).toEqual({
          links: found ? 1 : 0,
          faults: [],
          own: found ? "text\n end" : "text end",
        });
      }),
      { numRuns: 150 },
    );
  });
});

test("clipping never halves a character", () => {
  expect(clip("🙂🙂🙂", 2)).toBe("🙂…");
  expect(clip("🙂🙂🙂", 3)).toBe("🙂🙂🙂");
});

test("a text's size is never under its number of code points", () => {
  fc.assert(
    fc.property(nasty, (text) => {
      expect(size(text)).toBeGreaterThanOrEqual([...text].length);
    }),
  );
});

test("lists are written as a sentence has them", () => {
  expect([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])]).toEqual([
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
});
