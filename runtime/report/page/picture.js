// The pictures of a study, drawn with Observable Plot. A plot is a list of marks; what a mark is given are names of columns, or numbers in their plain units.
import * as Plot from "@observablehq/plot";
import { cell, column, heading, make, shown, withUnit } from "./data.js";
import { dashes, hatch, inkOn, palette, symbols, theme } from "./style.js";

const most = 12;   // so many series can be told apart; a number with more values becomes a scale

const distinct = (values) => [...new Set(values)];
const shorter = new Intl.NumberFormat("en", { maximumSignificantDigits: 4, notation: "compact" }), longer = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });
const tick = (value) => (typeof value !== "number" ? String(value) : (Math.abs(value) >= 1e5 ? shorter : longer).format(value));
/// On one axis all ticks are written alike.
const ticksUpTo = (high) => (value) => (Math.abs(high) >= 1e5 && value !== 0 ? shorter : longer).format(value);

/// What a plot is about: its columns and the points, in the units that are shown.
function read(study, plot) {
  const [main, ...overlays] = plot;
  const of = (name) => (main[name]?.length && typeof main[name][0] === "string" ? column(study, main[name][0]) : undefined);
  const [x, y, color, facet] = ["x", "y", "color", "facet"].map(of);
  const series = color && (color.type !== "number" || distinct(study.rows.map((row) => row[color.name])).length <= most) ? color : undefined;
  const point = (row) => ({
    row, x: shown(x, row[x.name]), y: shown(y, row[y.name]), facet: facet && withUnit(facet, row[facet.name]), color: color && shown(color, row[color.name]),
    series: series ? withUnit(series, row[series.name]) : "", title: study.columns.filter((one) => row[one.name] !== undefined).map((one) => `${one.name}: ${withUnit(one, row[one.name])}`).concat(row.infeasible ?? []).join("\n"),
  });
  let points;
  const columns = main.mark === "stack" || main.y.length > 1;
  if (columns) {
    // each column is a series of its own; all are shown in the unit of the first
    points = study.rows.filter((row) => !row.infeasible).flatMap((row) => main.y.map((name) => ({ ...point(row), y: row[name] === null ? undefined : row[name] * column(study, name).base / (y.base * y.shown.scale), series: name })));
  } else {
    points = study.rows.filter((row) => !row.infeasible || main.mark === "heatmap").map(point);
  }
  const positive = (at) => main[`log_${at}`]?.[0] === 1 || main.mark === "roofline";
  const log = { x: positive("x"), y: positive("y") };
  const all = points.length;
  points = points.filter((one) => one.x !== undefined && one.y !== undefined && (!log.x || one.x > 0) && (!log.y || one.y > 0));
  const known = (values) => values?.filter((value) => value !== null);   // some are redacted
  const scaled = (of, value) => value / of.shown.scale;
  const given = overlays.map((one) => ({ ...one, label: one.label?.[0], x: known(one.x)?.map((value) => scaled(x, value)), y: known(one.y)?.map((value) => scaled(y, value)) }));
  return { kind: main.mark, columns: columns ? main.y : undefined, label: { x: heading(x), y: !columns || main.y.length === 1 ? heading(y) : y.shown.unit ? `[${y.shown.unit}]` : "" }, x, y, color, facet, series, points, log, given, lost: all - points.length, peak: known(main.peak)?.length && scaled(y, main.peak[0]), slope: known(main.slope)?.length && main.slope[0] * x.shown.scale / y.shown.scale };
}

// --- what it looks like ---------------------------------------------------------------------------------------------------------------

function sample(kind, i) {
  const colour = palette()[i % palette().length];
  const svg = (inner) => {
    const box = make("span", { class: "sample", "aria-hidden": "true" });
    box.innerHTML = `<svg width="30" height="14" viewBox="0 0 30 14">${inner}</svg>`;
    return box;
  };
  if (kind === "fill") return svg(`<defs>${hatch(`legend-${i}`, i)}</defs><rect x="8" y="1" width="14" height="12" fill="url(#legend-${i})"/>`);
  const symbol = symbols[i % symbols.length];
  const mark = `<path transform="translate(15,7)" d="${symbol.path}" fill="${symbol.open ? "none" : colour}" stroke="${colour}" stroke-width="1.5"/>`;
  return svg((kind === "line" ? `<path d="M1 7H29" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes[i % dashes.length]}"/>` : "") + mark);
}

/// A list of buttons that put series away and bring them back; beside the picture, never over the data.
function legend(names, kind, hidden, redraw, title, about) {
  const other = (path, text) => {
    const box = make("span", { class: "sample", "aria-hidden": "true" });
    box.innerHTML = `<svg width="14" height="14" viewBox="0 0 14 14"><path d="${path}" stroke="currentColor" stroke-width="1.6"/></svg>`;
    return make("span", { class: "other" }, box, text);
  };
  const others = about.given.filter((one) => one.mark === "points").map((one) => other("M3 3L11 11M3 11L11 3", one.label ?? "points"));
  if (about.points.some((one) => one.row.infeasible)) others.push(other("M0 5L5 0M0 10L10 0M1 14L14 1M6 14L14 6M11 14L14 11", "infeasible"));
  if (names.length < 2) return others.length === 0 ? null : make("div", { class: "legend" }, ...others);
  return make("div", { class: "legend", role: "group", "aria-label": title === "" ? "series" : `series: ${title}` }, title === "" ? null : make("span", { class: "legend-title" }, title), ...names.map((name, i) => {
    const button = make("button", { type: "button", "aria-pressed": String(!hidden.has(name)), title: "show or hide", onclick: () => {
      if (!hidden.delete(name)) hidden.add(name);
      button.setAttribute("aria-pressed", String(!hidden.has(name)));
      redraw();
    } }, sample(kind, i), name);
    return button;
  }), ...others);
}

const words = { line: "Line chart", scatter: "Scatter plot", front: "Pareto front", bar: "Bar chart", stack: "Stacked bar chart", heatmap: "Heat map", roofline: "Roofline" };

function describe(study, about, names) {
  const by = names.length > 1 ? `, by ${about.series?.name ?? "column"}: ${names.join(", ")}` : "";
  return `${words[about.kind]} of ${study.title}: ${(about.columns ?? [about.y.name]).join(", ")} against ${about.x.name}${by}. ${about.points.length} points; the table below has the numbers.`;
}

// --- marks ----------------------------------------------------------------------------------------------------------------------------

const tip = (points, channels = {}) => Plot.tip(points, Plot.pointer({ x: "x", y: "y", title: "title", fill: theme().paper, stroke: theme().line, fontSize: 12, lineHeight: 1.3, ...channels }));

function overlays(about) {
  const { ink } = theme();
  return about.given.flatMap((one) => {
    if (one.mark === "points") {
      const at = one.x.map((x, i) => ({ x, y: one.y[i], title: `${one.label ?? "points"}\n${heading(about.x)}: ${tick(x)}\n${heading(about.y)}: ${tick(one.y[i])}` }));
      return [Plot.dot(at, { x: "x", y: "y", symbol: "times", stroke: ink, r: 5, strokeWidth: 1.8 }), tip(at)];
    }
    const text = (value, of) => [one.label, `${tick(value)}${of.shown.unit ? " " + of.shown.unit : ""}`].filter(Boolean).join(": ");
    const halo = { fill: ink, stroke: theme().paper, strokeWidth: 4 };
    return [
      ...(one.y ?? []).flatMap((y) => [Plot.ruleY([y], { stroke: ink, strokeDasharray: "2,3" }), Plot.text([y], { y: (d) => d, frameAnchor: "right", text: (d) => text(d, about.y), textAnchor: "end", dy: -7, ...halo })]),
      ...(one.x ?? []).flatMap((x) => [Plot.ruleX([x], { stroke: ink, strokeDasharray: "2,3" }), Plot.text([x], { x: (d) => d, frameAnchor: "top", text: (d) => text(d, about.x), textAnchor: "start", dx: 5, dy: 6, ...halo })]),
    ];
  });
}

function dots(points, names, radius) {
  return names.map((name, i) => {
    const symbol = symbols[i % symbols.length], colour = palette()[i % palette().length];
    return Plot.dot(points.filter((one) => one.series === name), { x: "x", y: "y", symbol: symbol.name, r: radius, stroke: colour, fill: symbol.open ? theme().paper : colour, strokeWidth: 1.5 });
  });
}

/// Which rows one line goes through: those of its series, and of the same place on the other axes if x is an axis itself.
function ways(study, about, points) {
  const others = about.x.axis ? study.columns.filter((one) => one.axis && one !== about.x && one !== about.facet) : [];
  const groups = Map.groupBy ? Map.groupBy(points, (one) => JSON.stringify([one.series, ...others.map((axis) => one.row[axis.name])])) : new Map([["", points]]);
  return [...groups.values()];
}

function lines(study, about, points, names) {
  const sorted = (way) => (about.kind === "front" || about.x.axis ? [...way].sort((a, b) => (typeof a.x === "number" ? a.x - b.x : 0)) : way);
  const drawn = ways(study, about, points).map((way) => {
    const i = names.indexOf(way[0].series);
    return Plot.line(sorted(way), { x: "x", y: "y", stroke: palette()[i % palette().length], strokeDasharray: dashes[i % dashes.length], strokeWidth: about.kind === "front" ? 1.5 : 2 });
  });
  // symbols tell lines apart, in numbers that leave the lines to be seen
  const step = (series) => Math.ceil(points.filter((one) => one.series === series).length / 40);
  const seen = names.flatMap((name) => points.filter((one) => one.series === name).filter((_, i) => i % step(name) === 0));
  return [...drawn, ...dots(about.kind === "front" ? points : seen, names, about.kind === "front" ? 4.5 : 3.5)];
}

function roof(about, [low, high]) {
  const { ink } = theme();
  const knee = about.peak / about.slope;
  const at = [low, knee, high].filter((x) => x >= low && x <= high).map((x) => ({ x, y: Math.min(about.peak, about.slope * x) }));
  return Plot.line(at, { x: "x", y: "y", stroke: ink, strokeWidth: 2.5, strokeLinejoin: "round" });
}

/// A scale for the values of a column: in the order of the study, numbers by size.
function places(of, values) {
  const all = distinct(values);
  return of.type === "number" ? all.sort((a, b) => a - b) : all;
}

const extent = (values) => [Math.min(...values), Math.max(...values)];

/// Where an axis is marked: at the values of an axis of the study if there is room, else at round numbers; without end at what Plot takes.
function ticks(about, at, [low, high], length) {
  const log = about.log[at], place = log ? Math.log : Number;
  const values = distinct(about.points.map((one) => one[at])).sort((a, b) => a - b);
  const gap = Math.min(...values.slice(1).map((value, i) => place(value) - place(values[i]))) * length / (place(high) - place(low) || 1);
  if (about[at].axis && values.length > 1 && gap > (at === "x" ? 38 : 18)) return values;
  if (!log) return Math.max(3, Math.round(length / (at === "x" ? 90 : 55)));
  const decades = Array.from({ length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 }, (_, i) => 10 ** (Math.floor(Math.log10(low)) + i));
  const decade = length / Math.log10(high / low);
  const round = decade < (at === "x" ? 150 : 50) ? decades : decades.flatMap((one) => [one, 2 * one, 5 * one]);
  return round.filter((value) => value >= low && value <= high);
}

function scale(about, at, length) {
  const of = about[at];
  const label = about.label[at];
  const values = about.points.map((one) => one[at]);
  if (of.type !== "number") return { label, type: "point", domain: places(of, values), tickRotate: 0 };
  const extra = about.given.flatMap((one) => one[at] ?? []).concat(at === "y" && about.peak ? [about.peak] : []);
  const [low, high] = extent(values.concat(extra));
  const log = about.log[at];
  const isZeroNear = at === "y" || low < 0.3 * high;
  const margin = about.kind === "roofline" ? 2 : 1.12;
  const domain = values.length === 0 ? [1, 2] : log ? [low / margin, high * margin] : isZeroNear ? [Math.min(0, low), high || 1] : low === high ? [low - Math.abs(low), high + Math.abs(high)] : [low, high];
  const marked = ticks(about, at, domain, length);
  // d3 would leave out labels of a logarithmic axis that it does not think round
  if (log) return { label, type: "log", domain, axis: null, marked };
  return { label, type: "linear", domain, nice: true, grid: true, tickFormat: ticksUpTo(high), ticks: marked };
}

/// The axes that `scale` left out.
function logAxes(x, y) {
  const text = (value) => tick(value);
  return [...(x.marked ? [Plot.gridX(x.marked), Plot.axisX(x.marked, { text, label: x.label })] : []), ...(y.marked ? [Plot.gridY(y.marked), Plot.axisY(y.marked, { text, label: y.label })] : [])];
}

function pointPlot(study, about, points, names, width) {
  const height = Math.round(Math.min(440, Math.max(260, width * 0.52)));
  const x = scale(about, "x", width - 74), y = scale(about, "y", height - 72);
  const shape = about.kind === "scatter" || about.kind === "roofline";
  const numbers = about.color && !about.series;
  const drawn = numbers ? [Plot.dot(points, { x: "x", y: "y", fill: "color", r: 4, stroke: theme().ink, strokeWidth: 0.5 })] : shape ? dots(points, names, points.length > 500 ? 2.5 : 4.5) : lines(study, about, points, names);
  return { height, x, y, color: numbers ? { scheme: theme().scheme, label: heading(about.color), legend: true, type: "linear" } : undefined,
    marks: [...logAxes(x, y), ...(about.peak && about.slope ? [roof(about, x.domain)] : []), ...drawn, ...overlays(about), tip(points)] };
}

/// Rows that would share a bar are told apart by the axes that they differ in.
function bars(study, about, points, names, width, id) {
  const key = (one) => `${one.x}\n${one.series}`;
  const shared = distinct(points.map(key)).length < points.length;
  const others = shared ? study.columns.filter((one) => one.axis && one !== about.x && one !== about.series && one !== about.facet && distinct(points.map((p) => p.row[one.name])).length > 1) : [];
  const first = others.length > 0 ? withUnit : cell;   // the axis has the unit
  const place = (one) => [first(about.x, one.row[about.x.name]), ...others.map((axis) => withUnit(axis, one.row[axis.name]))].join(", ");
  const data = points.map((one) => ({ ...one, x: place(one), fill: `url(#${id}-${Math.max(0, names.indexOf(one.series))})` }));
  const domain = about.x.type === "number" && others.length === 0 ? distinct([...points].sort((a, b) => a.row[about.x.name] - b.row[about.x.name]).map(place)) : distinct(data.map((one) => one.x));
  const stacked = about.kind === "stack";
  const longest = Math.max(0, ...domain.map((text) => text.length)) * 6.8;
  const group = !stacked && names.length > 1;
  const lying = longest + 10 > (width - 60) / domain.length;
  // of all facets, so that they can be compared
  const sums = new Map();
  for (const one of about.points) {
    const bar = `${one.facet}\n${place(one)}\n${stacked ? "" : one.series}`;
    sums.set(bar, (stacked ? sums.get(bar) ?? 0 : 0) + one.y);
  }
  const [low, high] = extent([0, ...sums.values(), ...about.given.flatMap((one) => one.y ?? [])]);
  const number = { domain: [low, high || 1], label: about.label.y, grid: true, tickFormat: ticksUpTo(high), nice: true, ticks: lying ? Math.max(3, width / 110) : 6 };
  const common = { fill: "fill", stroke: theme().paper, strokeWidth: 0.75 };
  const defs = () => {
    const group = document.createElementNS("http://www.w3.org/2000/svg", "defs");
    group.innerHTML = names.map((_, i) => hatch(`${id}-${i}`, i)).join("");
    return group;
  };
  const rules = about.given.length ? (lying ? [] : overlays(about)) : [];
  const lyingRules = lying ? overlays({ ...about, x: about.y, y: about.x, given: about.given.filter((one) => one.mark === "rule").map((one) => ({ ...one, x: one.y, y: undefined })) }) : [];
  if (lying) {
    const bar = group ? Plot.barX(data, { x1: 0, x2: "y", y: "series", fy: "x", ...common }) : stacked ? Plot.barX(data, Plot.stackX({ x: "y", y: "x", z: "series", order: names, ...common })) : Plot.barX(data, { x1: 0, x2: "y", y: "x", ...common });
    const left = Math.min(longest, 0.42 * width) + 14;
    const names_ = { domain, label: null, tickSize: 0, ...(longest > 0.42 * width ? { tickFormat: (text) => (text.length * 6.8 > 0.42 * width ? text.slice(0, Math.floor(0.42 * width / 6.8) - 1) + "…" : text) } : {}) };
    return { height: 60 + domain.length * (group ? 12 * names.length + 10 : 26), marginLeft: left, x: { ...number, labelAnchor: "right" }, ...(group ? { fy: { ...names_, padding: 0.15 }, y: { domain: names, axis: null, padding: 0.05 } } : { y: { ...names_, padding: 0.25 } }),
      marks: [defs, Plot.ruleX([0]), bar, ...lyingRules, Plot.tip(data, Plot.pointerY({ ...(stacked ? Plot.stackX({ x: "y", y: "x", z: "series", order: names, title: "title" }) : group ? { x: "y", y: "series", fy: "x", title: "title" } : { x: "y", y: "x", title: "title" }), fill: theme().paper, stroke: theme().line, fontSize: 12 }))] };
  }
  const bar = group ? Plot.barY(data, { y1: 0, y2: "y", x: "series", fx: "x", ...common }) : stacked ? Plot.barY(data, Plot.stackY({ y: "y", x: "x", z: "series", order: names, ...common })) : Plot.barY(data, { y1: 0, y2: "y", x: "x", ...common });
  return { width: Math.min(width, 100 + domain.length * (group ? 46 * names.length + 24 : 110)), height: Math.round(Math.min(400, Math.max(260, width * 0.44))), y: number, ...(group ? { fx: { domain, label: heading(about.x), padding: 0.15 }, x: { domain: names, axis: null, padding: 0.05 } } : { x: { domain, label: heading(about.x), padding: 0.25 } }),
    marks: [defs, Plot.ruleY([0]), bar, ...rules, Plot.tip(data, Plot.pointerX({ ...(stacked ? Plot.stackY({ y: "y", x: "x", z: "series", order: names, title: "title" }) : group ? { y: "y", x: "series", fx: "x", title: "title" } : { y: "y", x: "x", title: "title" }), fill: theme().paper, stroke: theme().line, fontSize: 12 }))] };
}

function heatmap(about, points, names, width, id) {
  const x = places(about.x, about.points.map((one) => one.x)), y = places(about.y, about.points.map((one) => one.y));
  if (about.y.type === "number") y.reverse();
  const feasible = points.filter((one) => one.color !== undefined), gone = points.filter((one) => one.color === undefined);
  const labels = about.series && about.color.type !== "number";
  const values = about.points.map((one) => one.color).filter((value) => value !== undefined);
  const left = Math.min(160, Math.max(...y.map((value) => tick(value).length)) * 7.5 + 18);
  const cellWidth = Math.min(130, (width - left - 20) / x.length);
  const height = Math.min(34, Math.max(16, cellWidth)) * y.length;
  const numbers = { type: "linear", scheme: theme().scheme, label: heading(about.color), legend: true, tickFormat: tick };
  const domain = values.length ? extent(values) : [0, 1];
  const ink = inkOn({ type: "linear", scheme: theme().scheme, domain });
  const texts = feasible.map((one) => (labels ? one.series.slice(0, Math.max(1, Math.floor(cellWidth / 8))) : withUnit({ ...about.color, shown: { ...about.color.shown, unit: "" } }, one.row[about.color.name])));
  const fits = Math.max(0, ...texts.map((text) => text.length)) * 6.6 < cellWidth - 4;
  const band = (domain, of) => ({ domain, label: heading(of), tickFormat: tick, type: "band", padding: 0 });
  const defs = () => {
    const group = document.createElementNS("http://www.w3.org/2000/svg", "defs");
    group.innerHTML = names.map((_, i) => hatch(`${id}-${i}`, i)).join("") + `<pattern id="${id}-gone" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="${theme().line}" stroke-width="2"/></pattern>`;
    return group;
  };
  const sparse = x.length * 46 > width - left ? x.filter((_, i) => i % Math.ceil(x.length * 46 / (width - left)) === 0) : undefined;
  return { width: Math.min(width, Math.ceil(left + 20 + cellWidth * x.length)), height: height + 72, marginLeft: left, x: { ...band(x, about.x), ticks: sparse }, y: { ...band(y, about.y), labelAnchor: "top" }, color: labels ? undefined : { ...numbers, domain },
    marks: [defs, Plot.cell(gone, { x: "x", y: "y", inset: 1, fill: `url(#${id}-gone)` }),
      labels ? Plot.cell(feasible.map((one) => ({ ...one, fill: `url(#${id}-${names.indexOf(one.series)})` })), { x: "x", y: "y", inset: 1, fill: "fill" }) : Plot.cell(feasible, { x: "x", y: "y", inset: 1, fill: "color" }),
      ...(fits && !labels ? [Plot.text(feasible, { x: "x", y: "y", text: (_, i) => texts[i], fill: (one) => ink(one.color), fontSize: 11 })] : []), tip(points)] };
}

// --- the figure -----------------------------------------------------------------------------------------------------------------------

function picture(study, plot, id, reveal) {
  const hidden = new Set();
  const frames = make("div", { class: "frames" });
  const top = make("div"), notes = make("figcaption");
  const element = make("figure", {}, top, frames, notes);

  function draw() {
    const about = read(study, plot);
    const names = about.columns ?? (about.series ? distinct(about.points.filter((one) => !one.row.infeasible).map((one) => one.series)) : [""]);
    const filled = about.kind === "bar" || about.kind === "stack" || about.kind === "heatmap";
    const kind = filled ? "fill" : about.kind === "line" || about.kind === "front" ? "line" : "dot";
    const hasNames = !(about.kind === "heatmap" && about.color.type === "number");
    const title = about.series?.name ?? "";
    top.replaceChildren(...[legend(hasNames ? names : [], kind, hidden, frame, title, about)].filter(Boolean));
    const facets = about.facet ? distinct(about.points.map((one) => one.facet)) : [undefined];
    frames.classList.toggle("several", facets.length > 1);

    const isEmpty = about.points.every((one) => one.row.infeasible);
    function frame() {
      if (isEmpty) return frames.replaceChildren();
      frames.replaceChildren(...facets.map((facet, n) => {
        const points = about.points.filter((one) => one.facet === facet && !hidden.has(one.series));
        const box = make("div", { class: "frame" });
        const whole = element.clientWidth || 640;
        const across = facets.length === 1 || whole < 680 ? 1 : whole >= 840 && (facets.length === 3 || facets.length > 4) ? 3 : 2;
        const width = Math.floor((whole - 24 * (across - 1)) / across);
        frames.style.gridTemplateColumns = `repeat(${across}, 1fr)`;
        const own = `${id}-${n}`;
        const spec = filled ? (about.kind === "heatmap" ? heatmap(about, points, names, width, own) : bars(study, about, points, names, width, own)) : pointPlot(study, about, points, names, width);
        const drawn = Plot.plot({ width, marginLeft: 56, marginRight: 18, marginTop: 28, marginBottom: 44, ...spec, style: { fontFamily: "inherit", fontSize: "12px", background: "none", color: theme().muted, overflow: "visible" } });
        const svg = drawn.matches("svg") ? drawn : [...drawn.querySelectorAll("svg")].at(-1);
        svg.setAttribute("role", "img");
        svg.setAttribute("aria-label", (facet !== undefined ? `${about.facet.name} ${facet}. ` : "") + describe(study, about, names));
        drawn.querySelectorAll("svg").forEach((one) => one !== svg && one.setAttribute("aria-hidden", "true"));
        // inside of an image nothing has a name of its own
        svg.querySelectorAll("[aria-label]").forEach((one) => {
          one.setAttribute("data-mark", one.getAttribute("aria-label"));
          one.removeAttribute("aria-label");
        });
        drawn.addEventListener("click", () => drawn.value?.row && reveal(drawn.value.row));
        box.append(...[facet !== undefined ? make("p", { class: "facet" }, `${about.facet.name}: ${facet}`) : null, drawn].filter(Boolean));
        return box;
      }));
    }
    frame();
    const told = [];
    if (about.lost > 0) told.push(`${about.lost} ${about.lost === 1 ? "point" : "points"} that a logarithmic axis has no place for.`);
    const place = (one) => [one.x, one.y, one.facet].join("\n");
    const behind = about.kind === "heatmap" ? about.points.length - distinct(about.points.map(place)).length : 0;
    if (behind > 0) told.push(`${behind} cells lie behind others: this study sweeps more than the picture shows.`);
    if (isEmpty) told.push("No feasible row to draw.");
    notes.textContent = told.join(" ");
    notes.hidden = told.length === 0;
  }
  return { element, draw };
}

export function pictures(study, index, reveal) {
  const all = study.plots.map((plot, i) => picture(study, plot, `plot-${index}-${i}`, reveal));
  return { elements: all.map((one) => one.element), draw: () => all.forEach((one) => one.draw()) };
}
