// Builds everything the browser loads that is not committed: static/built/.
//   node static/build.mjs           one build (about two seconds)
//   node static/build.mjs --watch   rebuild the styles and scripts while editing
import { spawn } from "node:child_process";
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { context } from "esbuild";
import { flange } from "./sample_part.mjs";

const STATIC = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(STATIC);
const BUILT = join(STATIC, "built");
const MODULES = join(ROOT, "node_modules");
const watch = process.argv.includes("--watch");

// Icons named at run time (by Python or by a template variable) cannot be found by reading the
// templates, so they are listed in static/icons.json.
const ICON_IN_TEMPLATE = /(?:<c-icon[^>]*?\sname|\sicon)="([^"]*)"/g;
const TEMPLATE_CODE = /\{%.*?%\}|\{\{.*?\}\}/g;

async function filesBelow(folder, suffix) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function iconNames() {
  const names = new Set(JSON.parse(await readFile(join(STATIC, "icons.json"), "utf8")));
  for (const file of await filesBelow(join(ROOT, "templates"), ".html")) {
    for (const [, written] of (await readFile(file, "utf8")).matchAll(ICON_IN_TEMPLATE)) {
      // "{% if done %}check{% else %}x{% endif %}" names two icons.
      for (const name of written.replace(TEMPLATE_CODE, " ").split(" ")) if (name) names.add(name);
    }
  }
  return [...names].sort();
}

function symbolOf(name, svg) {
  const body = svg.replace(/<!--.*?-->/gs, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s+/g, " ").trim()}</symbol>`;
}

async function buildIcons() {
  const unknown = [];
  const symbols = [];
  for (const name of await iconNames()) {
    const svg = await readFile(join(MODULES, "lucide-static/icons", `${name}.svg`), "utf8").catch(() => null);
    if (svg === null) unknown.push(name);
    else symbols.push(symbolOf(name, svg));
  }
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
  await writeFile(join(BUILT, "icons.svg"), sprite);
  if (unknown.length > 0) {
    throw new Error(`Lucide has no icon named ${unknown.join(", ")}: see https://lucide.dev/icons for the names.`);
  }
}

async function copyFont() {
  const source = join(MODULES, "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2");
  await copyFile(source, join(BUILT, "inter-latin.woff2"));
}

// The gallery's viewer needs a model, and a binary file is made rather than committed.
function writeSample() {
  return writeFile(join(BUILT, "sample.glb"), flange());
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "inherit", "pipe"] });
    let complaints = "";
    child.stderr.on("data", (chunk) => { complaints += chunk; });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(complaints))));
  });
}

// The source is named .pcss so that Django's manifest storage, which rewrites every @import it
// finds in a .css file, leaves it alone; only the built file is served.
function buildStyles(name) {
  const cli = join(MODULES, "@tailwindcss/cli/dist/index.mjs");
  const args = [cli, "--input", `static/css/${name}.pcss`, "--output", `static/built/${name}.css`, "--minify"];
  return run(process.execPath, watch ? [...args, "--watch=always"] : args);
}

async function buildScripts() {
  const shared = { bundle: true, minify: true, target: "es2022", outdir: BUILT, legalComments: "none" };
  const contexts = await Promise.all([
    context({ ...shared, format: "esm", entryPoints: ["analytics", "app", "passkeys", "push", "staff", "viewer", "viewer_scene"].map((name) => join(STATIC, `js/${name}.js`)) }),
    // theme.js runs before the first paint, so it is a classic script, not a deferred module.
    context({ ...shared, format: "iife", entryPoints: [join(STATIC, "js/theme.js")] }),
  ]);
  await Promise.all(contexts.map((one) => (watch ? one.watch() : one.rebuild())));
  if (!watch) await Promise.all(contexts.map((one) => one.dispose()));
}

await mkdir(BUILT, { recursive: true });
try {
  await Promise.all([buildIcons(), copyFont(), writeSample(), buildStyles("app"), buildStyles("admin"), buildScripts()]);
} catch (error) {
  console.error(`The front-end build failed. ${error.message}`);
  process.exit(1);
}
