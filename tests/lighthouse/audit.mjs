// Measures one page with Lighthouse: a JSON object on standard input, one out.
//
// { chrome, device: "phone" or "desktop", name, url, cookies: [{ name, value, url }] }
import { createInterface } from "node:readline";
import * as chromeLauncher from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const FLAGS = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

async function read() {
  let text = "";
  for await (const line of createInterface({ input: process.stdin })) text += line;
  return JSON.parse(text);
}

// What keeps a category below, with its figure.
function below(lhr, category) {
  return lhr.categories[category].auditRefs
    .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9)
    .map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? ""}`.trim());
}

// A header would not do: sockets of a page are opened with the browser's own cookies.
async function giveCookies(port, cookies) {
  const version = await (await fetch(`http://127.0.0.1:${port}/json/version`)).json();
  const line = new WebSocket(version.webSocketDebuggerUrl);
  await new Promise((opened) => line.addEventListener("open", opened));
  const answered = new Promise((heard) => line.addEventListener("message", heard));
  line.send(JSON.stringify({ id: 1, method: "Storage.setCookies", params: { cookies } }));
  await answered;
  line.close();
}

const { chrome, device, name, url, cookies } = await read();
const browser = await chromeLauncher.launch({ chromePath: chrome, chromeFlags: FLAGS });
try {
  if (cookies) await giveCookies(browser.port, cookies);
  const flags = { port: browser.port, logLevel: "error", onlyCategories: CATEGORIES };
  const { lhr } = await lighthouse(url, flags, device === "desktop" ? desktopConfig : undefined);
  const scores = CATEGORIES.map((each) => [each, Math.round(lhr.categories[each].score * 100)]);
  const found = {
    name,
    device,
    at: lhr.finalDisplayedUrl,
    scores: Object.fromEntries(scores),
    below: CATEGORIES.flatMap((each) => below(lhr, each)),
    bytes: lhr.audits["total-byte-weight"]?.numericValue ?? 0,
    error: lhr.runtimeError?.message ?? "",
  };
  console.log(JSON.stringify(found));
} finally {
  browser.kill();
}
