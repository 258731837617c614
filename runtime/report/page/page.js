// The page: its head, a section for each study, the program, how to make it again.
import { make, page } from "./data.js";
import { coloured } from "./program.js";
import { pictures } from "./picture.js";
import { table } from "./table.js";

/// One study. Its rows can be replaced: pictures and table follow.
function section(study, index) {
  const found = table(study, index);
  const drawn = pictures(study, index, (row) => found.reveal(row));
  const left = study.left_out > 0 ? make("p", { class: "note" }, `The first ${study.rows.length} of ${study.rows.length + study.left_out} rows are shown here, and drawn: a page has room for no more.`) : null;
  const element = make("section", { id: `study-${index}`, "aria-labelledby": `title-${index}` }, make("h2", { id: `title-${index}` }, study.title), left, ...drawn.elements, found.element);
  return {
    element,
    draw: drawn.draw,
    setRows(rows) {
      study.rows = rows;
      study.derivations = null;   // which were of the others
      found.update();
      drawn.draw();
    },
  };
}

/// What a program says of itself in its first lines.
function preface() {
  const lines = (page.sources[0]?.text ?? "").split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines.slice(0, end < 0 ? lines.length : end).map((line) => line.replace(/^\/+ ?/, "")).join(" ").trim();
}

function copied(button, text) {
  navigator.clipboard?.writeText(text).then(() => (button.textContent = "copied"), () => {});
}

function end() {
  const again = make("section", { id: "again", "aria-labelledby": "title-again" }, make("h2", { id: "title-again" }, page.command === "" ? "About this page" : "How to make this page again"),
    page.command === "" ? null : make("div", { class: "command" }, make("code", {}, page.command), make("button", { type: "button", onclick: (event) => copied(event.target, page.command) }, "copy")),
    make("p", { class: "muted" }, `Made by ${page.version}${page.command === "" ? "; names, values and the program are left out on purpose" : ""}. Drawn with Observable Plot.`));
  if (page.sources.length === 0) return [again];
  const programs = page.sources.map(({ name, text }) => make("details", {}, make("summary", {}, name), make("pre", { tabindex: "0", role: "region", "aria-label": name }, coloured(text))));
  return [make("section", { id: "program", "aria-labelledby": "title-program" }, make("h2", { id: "title-program" }, "The program"), ...programs), again];
}

const sections = page.studies.map(section);
const words = preface();
const contents = page.studies.length > 1
  ? make("nav", { "aria-label": "Questions" }, make("ol", {}, ...page.studies.map((study, i) => make("li", {}, make("a", { href: `#study-${i}` }, study.title)))))
  : null;
document.body.append(
  make("header", {}, make("p", { class: "eyebrow" }, "llmsys report"), make("h1", {}, page.title), words ? make("p", { class: "lede" }, words) : null, contents),
  make("main", {}, ...sections.map((one) => one.element), ...end()));

// What is seen first is drawn first, the rest as there is time, so that the page opens at once.
function drawOne(one) {
  if (!one.isDrawn) one.draw();
  one.isDrawn = true;
}
const near = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) drawOne(sections.find(({ element }) => element === entry.target));
}, { rootMargin: "600px" });
for (const { element } of sections) near.observe(element);
(function later() {
  const next = sections.find((one) => !one.isDrawn);
  if (next) setTimeout(() => (drawOne(next), later()), 10);
})();

const redraw = () => sections.filter((one) => one.isDrawn).forEach((one) => one.draw());
let width = window.innerWidth;
window.addEventListener("resize", () => {
  if (window.innerWidth === width) return;
  width = window.innerWidth;
  redraw();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
window.addEventListener("beforeprint", () => sections.forEach((one) => one.draw()));

// For who computes rows anew, and for tests.
window.llmsys = { page, setRows: (study, rows) => sections[study].setRows(rows) };
