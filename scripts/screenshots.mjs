// The pictures of the README, from report pages: node scripts/screenshots.mjs, after ./run.sh. Needs Chromium; writes docs/images/*.png.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { chromium } = createRequire(join(root, "build/release/test/page/node_modules/x.js"))("playwright-core");
const folder = mkdtempSync(join(tmpdir(), "llmsys-"));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

/// One study of a page, so high, without what surrounds it.
async function shot(name, file, study, { width, height, colorScheme }) {
  const path = join(folder, "report.html");
  execFileSync(join(root, "build/release/bin/llmsys"), ["run", file, "--study", study, "--format", "html", "-o", path], { cwd: root });
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  await page.goto(`file://${path}`);
  await page.addStyleTag({ content: "header { display: none } body { padding: 1.5rem !important }" });
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(root, "docs/images", name) });
}

mkdirSync(join(root, "docs/images"), { recursive: true });
await shot("frontier.png", "examples/limit_study.llmsys", "frontier", { width: 900, height: 786, colorScheme: "light" });
await shot("limits.png", "examples/limit_study.llmsys", "synchronisation", { width: 900, height: 665, colorScheme: "dark" });
await browser.close();
rmSync(folder, { recursive: true });
