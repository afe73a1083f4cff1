/** Reads a note with a real Markdown parser, and holds it against what a note may be made of. */
import MarkdownIt from "markdown-it";
import type { Token } from "markdown-it/index.js";

const parser = new MarkdownIt({ html: true, linkify: false });

/** What a parser finds in a note. */
export interface ReadNote {
  /** Texts in code spans, fences and `<code>`: where a plan may speak. */
  readonly spans: readonly string[];
  readonly fences: readonly string[];
  /** Text that is none of these, and so all the note's own. */
  readonly own: string;
  /** Cells of each table's rows. */
  readonly tables: readonly (readonly (readonly string[])[])[];
  readonly headings: readonly string[];
  /** Texts of list items. */
  readonly items: readonly string[];
  readonly details: number;
  readonly links: readonly string[];
  readonly faults: readonly string[];
}

const comment =
  /^<!-- (?:pulumi-preview project=[\w.%]*|run=\d{1,15}|task=[a-z]+-[0-9a-f]{16}) -->\n?$/;
const markers = /^(?:<!-- [^<>]* -->\n?)+$/;
const summary = /^<details>\n<summary>([^\n]*)<\/summary>\n?$/;
const element = /<code>((?:[^<>&]|&#?\w+;)*)<\/code>/g;

export function readNote(body: string): ReadNote {
  const spans: string[] = [];
  const fences: string[] = [];
  const own: string[] = [];
  const tables: string[][][] = [];
  const headings: string[] = [];
  const items: string[] = [];
  const links: string[] = [];
  const faults: string[] = [];
  const lines = body.split("\n");
  const open: string[] = [];
  let details = 0;

  const html = (token: Token): void => {
    const { content } = token;
    const title = summary.exec(content)?.[1];
    if (title !== undefined) {
      details += 1;
      open.push("details");
      const rest = title.replace(element, (_, text: string) => {
        spans.push(unescaped(text));
        return "";
      });
      if (/[<>&]/.test(rest)) faults.push(`markup in a summary: ${rest}`);
      own.push(rest);
    } else if (/^<\/details>\n?$/.test(content)) {
      if (open.pop() !== "details") faults.push("a </details> that closes something else");
    } else if (!(
      markers.test(content) &&
      content
        .trim()
        .split("\n")
        .every((line) => comment.test(line))
    ))
      faults.push(`strange HTML: ${JSON.stringify(content)}`);
  };

  const inline = (token: Token): string => {
    let plain = "";
    for (const child of token.children ?? []) {
      if (child.type === "text") {
        own.push(child.content);
        plain += child.content;
      } else if (child.type === "code_inline") {
        spans.push(child.content);
        plain += child.content;
      } else if (child.type === "html_inline") {
        if (!comment.test(child.content)) faults.push(`strange HTML: ${child.content}`);
      } else if (child.type === "link_open") links.push(child.attrGet("href") ?? "");
      else if (
        !["link_close", "strong_open", "strong_close", "em_open", "em_close", "softbreak"].includes(
          child.type,
        )
      )
        faults.push(`strange inline ${child.type}`);
    }
    return plain;
  };

  let heading = false;
  for (const token of parser.parse(body, {})) {
    const closed = token.nesting === -1 ? token.type.replace(/_close$/, "") : undefined;
    if (closed !== undefined && open.pop() !== closed)
      faults.push(`${token.type} closes something else`);
    if (token.nesting === 1) open.push(token.type.replace(/_open$/, ""));
    switch (token.type) {
      case "html_block":
        html(token);
        break;
      case "fence": {
        fences.push(token.content);
        if (!["diff", "text", "sh"].includes(token.info))
          faults.push(`strange fence ${token.info}`);
        const last = lines[(token.map?.[1] ?? 0) - 1]?.trim();
        if (last !== token.markup) faults.push("a fence that is not closed");
        break;
      }
      case "table_open":
        tables.push([]);
        break;
      case "tr_open":
        tables.at(-1)?.push([]);
        break;
      case "heading_open":
        heading = true;
        break;
      case "heading_close":
        heading = false;
        break;
      case "inline": {
        const text = inline(token);
        if (heading) headings.push(text);
        if (open.includes("tr")) tables.at(-1)?.at(-1)?.push(text);
        else if (open.includes("list_item")) items.push(text);
        break;
      }
      case "code_block":
      case "hr":
        faults.push(`strange ${token.type}`);
        break;
    }
  }
  if (open.length > 0) faults.push(`not closed: ${open.join(", ")}`);
  const text = own.join("\n");
  // What GitLab acts on outside of code: references, mentions, math, placeholders, inline diffs, emoji, addresses.
  for (const sign of text.match(/[@#!~%$^&*_<>[\]{}|\\`+]|:\w+:|\w:\/\/|www\./g) ?? [])
    if (!(sign === "!" && text.includes("[!warning]")) && !"[]".includes(sign))
      faults.push(`${sign} outside of code`);
  if (/^\//m.test(body)) faults.push("a line that begins with a slash");
  return { spans, fences, own: text, tables, headings, items, details, links, faults };
}

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

/** As GitLab counts: code points. */
export function characters(text: string): number {
  return [...text].length;
}

/** As a reader sees it, for a look at a note in a browser. */
export function htmlOf(body: string): string {
  return parser.render(body);
}
