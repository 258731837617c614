// Looks at report pages in a browser: page_test.mjs LLMSYS NODE_MODULES PAGES...
// PAGES are .llmsys files. Ends with 77, a skipped test, where there is no Chromium.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [llmsys, modules, ...files] = process.argv.slice(2);
const executablePath = ["chromium", "chromium-browser", "google-chrome"].map((name) => `/usr/bin/${name}`).find(existsSync);
if (!executablePath || !existsSync(modules)) {
  console.log(executablePath ? `no playwright-core in ${modules}: skipped` : "no chromium (Debian's package `chromium`): skipped");
  process.exit(77);
}
const require = createRequire(join(resolve(modules), "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

let failures = 0, checks = 0;
function check(holds, what) {
  ++checks;
  if (holds) return;
  ++failures;
  console.log(`FAILED: ${what}`);
}

const folder = mkdtempSync(join(tmpdir(), "llmsys-page-"));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

function write(file, ...flags) {
  const page = join(folder, `${basename(file, ".llmsys")}${flags.length}.html`);
  execFileSync(llmsys, ["run", file, "--format", "html", "-o", page, ...flags]);
  return page;
}

/// A tab whose faults count: console errors, exceptions, anything that is asked for from elsewhere.
async function open(path, { width = 1280, colorScheme = "light" } = {}) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const name = `${basename(path)} at ${width}, ${colorScheme}`;
  page.on("console", (message) => check(!["error", "warning"].includes(message.type()), `${name}: console says ${message.text()}`));
  page.on("pageerror", (error) => check(false, `${name}: ${error.stack}`));
  page.on("request", (request) => check(request.url() === `file://${path}` || request.url().startsWith("data:"), `${name}: asks for ${request.url()}`));
  const start = Date.now();
  await page.goto(`file://${path}`);
  await page.waitForSelector("h1");
  page.opened = Date.now() - start;
  await page.evaluate(async () => {
    for (const section of document.querySelectorAll("section")) {
      section.scrollIntoView({ behavior: "instant" });
      const isDrawn = () => [...section.querySelectorAll(":scope > figure")].every((figure) => figure.querySelector("svg[role=img]"));
      for (let i = 0; i < 300 && !isDrawn(); ++i) await new Promise((done) => setTimeout(done, 10));
    }
    window.scrollTo({ top: 0, behavior: "instant" });
  });
  return page;
}

/// What a reader must find on any page.
async function look(path, options) {
  const page = await open(path, options);
  const name = `${basename(path)} at ${options.width}, ${options.colorScheme}`;
  const seen = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth > innerWidth,
    figures: [...document.querySelectorAll("figure")].filter((one) => one.parentElement.tagName === "SECTION").map((figure) => ({
      svgs: figure.querySelectorAll('svg[role="img"]').length,
      marks: figure.querySelectorAll('svg[role="img"] :is([data-mark="dot"], [data-mark="line"], [data-mark="bar"], [data-mark="cell"]) :is(path, circle, rect)').length,
      told: [...figure.querySelectorAll('svg[role="img"]')].every((one) => one.getAttribute("aria-label")?.length > 20),
      bad: /NaN|undefined|null/.test(figure.innerHTML),
    })),
    plots: window.llmsys.page.studies.reduce((sum, one) => sum + one.plots.length, 0),
    studies: window.llmsys.page.studies.length, tables: document.querySelectorAll("table").length,
  }));
  check(!seen.wide, `${name}: the page is wider than the window`);
  check(seen.tables === seen.studies, `${name}: ${seen.tables} tables of ${seen.studies} studies`);
  check(seen.figures.length === seen.plots, `${name}: ${seen.figures.length} pictures of ${seen.plots}`);
  seen.figures.forEach((one, i) => check(one.svgs > 0 && one.marks > 0 && one.told && !one.bad, `${name}: picture ${i} is not drawn: ${JSON.stringify(one)}`));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const one of violations) check(!["serious", "critical"].includes(one.impact), `${name}: axe: ${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html).join(" ")}`);
  await page.close();
}

const cells = (page, study, place) => page.locator(`#study-${study} tbody tr:not(.inside)`).evaluateAll((rows, at) => rows.map((row) => row.cells[at]?.textContent), place);

async function use(path) {
  const page = await open(path);
  const rows = await page.evaluate(() => window.llmsys.page.studies[2].rows.length);
  // sorted, up and down, and then as the study gave it
  const heading = page.locator("#study-2 th button").nth(1);   // the second axis, a number
  const before = await cells(page, 2, 2);
  await heading.click();
  const up = (await cells(page, 2, 2)).map(Number);
  check(up.every((value, i) => i === 0 || up[i - 1] <= value), `sorted up: ${up}`);
  check((await page.locator("#study-2 th[aria-sort=ascending]").count()) === 1, "aria-sort");
  await heading.click();
  const down = (await cells(page, 2, 2)).map(Number);
  check(down.every((value, i) => i === 0 || down[i - 1] >= value) && down[0] > up[0], `sorted down: ${down}`);
  await heading.click();
  check(String(await cells(page, 2, 2)) === String(before), "in the order of the study again");
  // an infeasible row tells why, and is last when sorted by what it lacks
  check(/does not fit/.test(await page.locator("#study-2 tr.infeasible .reason").first().textContent()), "an infeasible row tells why");
  await page.locator("#study-2 th button").nth(2).click();
  check(await page.locator("#study-2 tbody tr:last-child").evaluate((row) => row.classList.contains("infeasible")), "what has no value is last");
  await page.locator("#study-2 th button").nth(2).click();
  check(await page.locator("#study-2 tbody tr:last-child").evaluate((row) => row.classList.contains("infeasible")), "and so it is the other way");
  await page.locator("#study-2 th button").nth(2).click();
  // filtered
  await page.locator("#filter-2").fill("large fit");
  check((await cells(page, 2, 1)).join() === "Large" && (await page.locator("#study-2 .count").textContent()) === `1 of ${rows} rows`, "filtered by words");
  await page.locator("#filter-2").fill("");
  // a row opens by mouse and by key, and shows a derivation if there is one
  await page.locator("#study-2 tbody tr").first().click();
  await page.locator("#study-2 .inside .derivation").waitFor();
  const came = await page.locator("#study-2 .inside").textContent();
  check(/used \/ machine\.bandwidth = .*500 us/.test(came) && /source: data sheet/.test(came), `a row tells how it came about: ${came}`);
  await page.locator("#study-2 tbody tr").first().click();
  check((await page.locator("#study-2 .inside").count()) === 0, "and closes");
  await page.evaluate(() => (window.llmsys.page.studies[2].derivations = { 0: { values: [{ name: "total", formula: "a + <b>", value: "3 s", headline: "75 % of total is <b>", parts: [{ name: "a", value: "1 s", share: 0.25, source: "data sheet", parts: [] }, { name: "<b>", value: "2 s", parts: [] }] }] } }));
  await page.locator("#study-2 tbody button").first().focus();
  await page.keyboard.press("Enter");
  const told = await page.locator("#study-2 .derivation").textContent();
  check(/total = a \+ <b> = 3 s/.test(told) && /25.0 %/.test(told) && /75 % of total is <b>/.test(told) && /source: data sheet/.test(told), `a derivation: ${told}`);
  check(await page.evaluate(() => document.activeElement.getAttribute("aria-expanded") === "true"), "the focus stays where it was");
  // a series goes and comes back
  const dots = () => page.locator("#study-0 figure").first().locator('[data-mark="dot"] :is(path, circle)').count();
  const all = await dots();
  await page.locator("#study-0 .legend button").first().click();
  check((await dots()) < all, "a series is put away");
  await page.locator("#study-0 .legend button").first().click();
  check((await dots()) === all, "and comes back");
  // other rows, as a computing page would set them
  const took = await page.evaluate(() => {
    const { page, setRows } = window.llmsys;
    const rows = page.studies[0].rows.map((row) => ({ ...row, rate: row.rate * 2 }));
    const start = performance.now();
    setRows(0, rows);
    return performance.now() - start;
  });
  check(took < 200, `other rows took ${took} ms`);
  console.log(`rows replaced and drawn in ${took.toFixed(0)} ms`);
  await page.close();
}

/// Nothing of what is redacted stands anywhere in the file.
function redacted(file) {
  const text = readFileSync(write(file, "--redact", "Small"), "utf8");
  const data = text.slice(text.indexOf('id="data"'), text.indexOf("</script>", text.indexOf('id="data"')));
  for (const secret of ["Small", "data sheet", "2000000000000", "16000000000000", "1000000000000000", "2 TB/s"]) check(!data.includes(secret), `the redacted page tells ${secret}`);
  check(data.includes("redacted 1") && data.includes("Large"), "a redacted page still tells the rest");
  check(!/kind machine/.test(text), "a redacted page has no program");
}

const here = dirname(fileURLToPath(import.meta.url));
try {
  for (const file of files) {
    const path = write(file);
    check(statSync(path).size < 3e6, `${file}: ${statSync(path).size} bytes`);
    for (const width of [1280, 390]) for (const colorScheme of ["light", "dark"]) await look(path, { width, colorScheme });
    const page = await open(path);
    console.log(`${basename(file)}: ${(statSync(path).size / 1e3).toFixed(0)} kB, opened in ${page.opened} ms`);
    check(page.opened < 3000, `${file}: opened in ${page.opened} ms`);   // 1 s on a quiet machine
    await page.close();
  }
  await use(write(join(here, "pictures.llmsys")));
  redacted(join(here, "pictures.llmsys"));
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
console.log(`${checks} checks, ${failures} failed`);
process.exit(failures ? 1 : 0);
