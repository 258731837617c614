// How series are told apart: by colour (Okabe and Ito's, which colour-blind readers can tell), and by dash, symbol or hatching, which a black and white print keeps.
import { scale } from "@observablehq/plot";

const light = ["#0072B2", "#D55E00", "#009E73", "#AA4499", "#E69F00", "#56B4E9", "#444444"];
const dark = ["#56B4E9", "#E69F00", "#2BC79A", "#E08FC0", "#F0E442", "#FF8A4C", "#D0D0D0"];
const isDark = () => matchMedia("(prefers-color-scheme: dark)").matches;
export const palette = () => (isDark() ? dark : light);

export function theme() {
  const style = getComputedStyle(document.documentElement);
  const get = (name) => style.getPropertyValue(name).trim();
  return { ink: get("--ink"), muted: get("--muted"), line: get("--line"), paper: get("--paper"), scheme: "cividis" };
}

export const dashes = ["none", "7,3", "2,2.5", "9,3,2,3", "4,2", "1,3", "12,4"];

const circle = (r) => `M${r},0A${r},${r},0,1,1,${-r},0A${r},${r},0,1,1,${r},0`;
export const symbols = [
  { name: "circle", path: circle(4) },
  { name: "square", path: "M-3.6,-3.6h7.2v7.2h-7.2z" },
  { name: "triangle", path: "M0,-4.8L4.4,3.4H-4.4z" },
  { name: "diamond", path: "M0,-5.4L4,0L0,5.4L-4,0z" },
  { name: "circle", path: circle(4), open: true },
  { name: "square", path: "M-3.6,-3.6h7.2v7.2h-7.2z", open: true },
  { name: "triangle", path: "M0,-4.8L4.4,3.4H-4.4z", open: true },
  { name: "diamond", path: "M0,-5.4L4,0L0,5.4L-4,0z", open: true },
];

/// A pattern of the i-th colour.
const hatching = ["", "M-1,1l2,-2M0,8l8,-8M7,9l2,-2", "M0,4H8", "M2,2h0.01M6,6h0.01", "M4,0V8", "M-1,7l2,2M0,0l8,8M7,-1l2,2", "M0,4H8M4,0V8"];
export function hatch(id, i) {
  const colour = palette()[i % palette().length];
  const lines = hatching[i % hatching.length];
  return `<pattern id="${id}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="${colour}"/>${lines ? `<path d="${lines}" stroke="${isDark() ? "#000" : "#fff"}" stroke-opacity="0.55" stroke-width="${i % hatching.length === 3 ? 2.4 : 1.4}" stroke-linecap="round" fill="none"/>` : ""}</pattern>`;
}

/// Black or white, whichever is read better on a colour of this scale.
export function inkOn(color) {
  const colour = scale({ color });
  return (value) => {
    const [r, g, b] = colour.apply(value).match(/\d+/g).map(Number);
    return 0.299 * r + 0.587 * g + 0.114 * b > 130 ? "#000" : "#fff";
  };
}
