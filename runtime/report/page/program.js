// A program's text with its comments, texts, numbers and words told apart.
import { make } from "./data.js";

const word = "import|dimension|unit|prefixes|enum|kind|fn|let|expect|study|sweep|where|best|pareto|top|summarise|show|plot|require|if|then|else|match|and|or|not|true|false|absent|for|in|mod|div|as|largest|smallest|sort";
const piece = new RegExp(`(?<comment>//[^\\n]*)|(?<text>"(?:\\\\.|[^"\\\\\\n])*")|(?<word>\\b(?:${word})\\b)|(?<number>\\b\\d[\\d.]*(?:e[+-]?\\d+)?\\b)`, "g");

export function coloured(text) {
  const code = make("code");
  let at = 0;
  for (const match of text.matchAll(piece)) {
    code.append(text.slice(at, match.index));
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    code.append(make("span", { class: `is-${kind}` }, match[0]));
    at = match.index + match[0].length;
  }
  code.append(text.slice(at));
  return code;
}
