// The data of the page, as write_page.cpp describes it. Values are in a column's plain unit; people see them in the unit that reads best.
export const page = JSON.parse(document.getElementById("data").textContent);

export const column = (study, name) => study.columns.find((one) => one.name === name);

/// `UTPS [token/s]`
export const heading = (of) => (of.shown.unit ? `${of.name} [${of.shown.unit}]` : of.name);

/// A value as it is drawn: a number in the unit that is shown, or a text.
export const shown = (of, value) => (value === null ? undefined : of.type === "number" && value !== undefined ? value / of.shown.scale : value === undefined ? undefined : String(value));

/// A cell's text: the decimals of its column, but never less than two digits of what is not zero.
export function cell(of, value) {
  if (value === undefined) return "";
  if (value === null) return "redacted";
  if (of.type !== "number") return String(value);
  const number = value / of.shown.scale;
  const text = number.toFixed(of.shown.decimals);
  const digits = text.replace(/^-?[0.]*|\D/g, "").length;
  return Number.isInteger(number) || digits >= 2 ? text.replace(/^-(?=[0.]*$)/, "") : String(Number(number.toPrecision(4)));
}

export const withUnit = (of, value) => cell(of, value) + (of.shown.unit && value !== undefined && value !== null ? ` ${of.shown.unit}` : "");

/// An element with attributes, `on...` listeners and children.
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}
