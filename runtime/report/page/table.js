// The table of a study: sorted by its headings, filtered by words, rows that open.
import { cell, heading, make, shown, withUnit } from "./data.js";

const atOnce = 25, more = 1000;

/// How a value came about, as docs/explanation.schema.json has it. What lies deep or was not chosen stays closed.
function derivation(of, depth = 0) {
  const line = [make("code", {}, of.name)];
  if (of.formula && !of.above && !of.folded) line.push(" = ", make("code", { class: "formula" }, of.formula));
  line.push(" = ", make("strong", {}, of.value));
  if (of.share !== undefined) line.push(" ", make("span", { class: "share", style: `--share: ${100 * of.share}%` }, `${(100 * of.share).toFixed(1)} %`));
  const beside = [of.choice && `the ${of.choice === "beaten" ? "side not taken" : of.choice}`, of.label, of.note, of.above && "as above", of.doc, of.source && `source: ${of.source}`].filter(Boolean);
  if (beside.length) line.push(" ", make("span", { class: "muted" }, beside.join(", ")));
  if (!of.parts?.length) return make("li", {}, ...line);
  return make("li", {}, make("details", { open: depth < 2 && of.choice !== "beaten" }, make("summary", {}, ...line), make("ul", {}, ...of.parts.map((part) => derivation(part, depth + 1)))));
}

function explained(values) {
  return make("div", { class: "derivation" }, ...values.flatMap((of) => [of.headline && make("p", { class: "headline" }, of.headline), of.reason && make("p", { class: "reason" }, of.reason), make("ul", {}, derivation(of))]));
}

async function derivations(study) {
  if (typeof study.derivations === "string") {
    const bytes = Uint8Array.from(atob(study.derivations), (one) => one.charCodeAt(0));
    study.derivations = JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text());
  }
  return study.derivations;
}

/// What an opened row shows: how its values came about, or the values.
function inside(study, row) {
  const box = make("div", {}, values(study, row));
  if (study.derivations) derivations(study).then((all) => ((told) => told && box.replaceChildren(explained(told.values)))(all[study.rows.indexOf(row)]), () => {});
  return box;
}

function values(study, row) {
  const parts = study.columns.filter((one) => row[one.name] !== undefined).flatMap((one) => [make("dt", {}, one.name), make("dd", {}, withUnit(one, row[one.name]))]);
  if (row.infeasible) parts.push(make("dt", {}, "infeasible"), make("dd", {}, row.infeasible));
  return make("dl", {}, ...parts);
}

const compare = (a, b) => (typeof a === "string" || typeof b === "string" ? String(a).localeCompare(String(b), "en", { numeric: true }) : a - b);

export function table(study, index) {
  const { columns } = study;
  const first = columns.findIndex((one) => !one.axis);   // shown column; the axes come before
  const axes = first < 0 ? columns.length : first;
  let order = null, down = false, words = [], limit = atOnce;
  const open = new Set();

  const count = make("output", { class: "count", "aria-live": "polite" });
  const filter = make("input", { type: "search", id: `filter-${index}`, placeholder: "filter", autocomplete: "off", spellcheck: "false", oninput: () => {
    words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    limit = atOnce;
    update();
  } });
  const headings = columns.map((one) => {
    const head = make("th", { scope: "col", class: one.type === "number" ? "number" : "label" }, make("button", { type: "button", onclick: () => {
      // once up, once down, then as the study gave them
      [order, down] = order !== one ? [one, false] : down ? [null, false] : [one, true];
      update();
    } }, one.name, one.shown.unit ? make("span", { class: "unit" }, ` [${one.shown.unit}]`) : null));
    return head;
  });
  const body = make("tbody");
  const rest = make("button", { type: "button", class: "more", onclick: () => {
    limit = limit === atOnce ? more : limit + more;
    update();
  } });
  const scroll = make("div", { class: "scroll", role: "region", tabindex: "0", "aria-labelledby": `title-${index}` },
    make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col", class: "opener" }, make("span", { class: "unseen" }, "details")), ...headings)), body));
  const reasons = Object.entries(study.totals.by_reason).sort((a, b) => b[1] - a[1]);
  const totals = reasons.length === 0 ? null : make("div", { class: "reasons" }, make("p", {}, `${study.totals.infeasible} of ${study.totals.points} rows infeasible:`),
    make("ul", {}, ...reasons.map(([site, times]) => make("li", {}, `${times} × ${site}`))));

  const textOf = (row) => columns.map((one) => withUnit(one, row[one.name])).concat(row.infeasible ?? "").join(" ").toLowerCase();
  function chosen() {
    let rows = words.length === 0 ? study.rows.slice() : study.rows.filter((row) => ((text) => words.every((one) => text.includes(one)))(textOf(row)));
    if (order) {
      const value = (row) => shown(order, row[order.name]);
      const sign = down ? -1 : 1;
      // what has no value comes last, either way
      rows.sort((a, b) => (value(a) === undefined) - (value(b) === undefined) || (value(a) === undefined ? 0 : sign * compare(value(a), value(b))));
    }
    return rows;
  }

  function line(row) {
    const isOpen = open.has(row);
    const number = study.rows.indexOf(row);
    const opener = make("button", { type: "button", "aria-expanded": String(isOpen), "aria-label": `details of row ${number + 1}` });
    const cells = columns.slice(0, row.infeasible ? axes : columns.length).map((one) => make("td", { class: one.type === "number" ? "number" : "label" }, cell(one, row[one.name])));
    if (row.infeasible) cells.push(make("td", { class: "reason", colspan: Math.max(1, columns.length - axes) }, row.infeasible));
    const element = make("tr", { class: row.infeasible ? "infeasible" : undefined, "data-row": number, onclick: (event) => {
      if (event.target.closest("a") || String(window.getSelection()) !== "") return;
      if (!open.delete(row)) open.add(row);
      const [next, more] = line(row);
      if (element.nextElementSibling?.classList.contains("inside")) element.nextElementSibling.remove();
      element.replaceWith(...[next, more].filter(Boolean));
      if (event.detail === 0 || event.target.closest("button")) next.querySelector("button").focus();
    } }, make("td", { class: "opener" }, opener), ...cells);
    return isOpen ? [element, make("tr", { class: "inside" }, make("td", { colspan: columns.length + 1 }, inside(study, row)))] : [element];
  }

  function update() {
    const rows = chosen();
    body.replaceChildren(...rows.slice(0, limit).flatMap(line));
    headings.forEach((head, i) => (columns[i] === order ? head.setAttribute("aria-sort", down ? "descending" : "ascending") : head.removeAttribute("aria-sort")));
    count.textContent = words.length ? `${rows.length} of ${study.rows.length} rows` : `${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
    rest.hidden = rows.length <= limit;
    rest.textContent = rows.length - limit <= more ? `Show all ${rows.length} rows` : `Show ${more} more of ${rows.length} rows`;
  }

  function reveal(row) {
    [filter.value, words, order, limit] = ["", [], null, Math.max(limit, study.rows.indexOf(row) + 1)];
    open.add(row);
    update();
    body.querySelector(`tr[data-row="${study.rows.indexOf(row)}"]`)?.scrollIntoView({ block: "center", behavior: "auto" });
  }

  update();
  const tools = make("div", { class: "tools" }, make("label", { for: `filter-${index}`, class: "unseen" }, `filter rows of ${study.title}`), study.rows.length > 5 ? filter : null, count);
  return { element: make("div", { class: "table" }, tools, scroll, rest, totals), update, reveal };
}
