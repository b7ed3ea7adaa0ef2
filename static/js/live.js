// Live updates. A socket says that something changed; the page then asks for itself again, so what
// is shown is always what the page's own rights allow. Without a socket every page works by reload.
//   #bell[data-live-url]                  where the socket is (":8001/ws/": on this host); its own topic is the inbox
//   [data-live-topic="order:ord_..."][id] a region that is fetched again with its page and swapped by id;
//                                         with hx-get it polls, and is triggered by the nudge instead
//   [data-live-down hidden]               shown while nothing live has arrived for a while
import { showToast } from "./toasts.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
// Several facts of one action come together; they are one look.
const GATHER_MS = 150;
const SPREAD_MS = 4000;
const SAY_DOWN_MS = 10_000;
// With a socket open a poll is only a precaution.
const PRECAUTION_MS = 20_000;
const CHANGED = "This page changed while you were typing. Send what you typed, or reload to see it.";
const SIGNED_OUT = 4401;
const BAD_MESSAGE = 4400;

let socket = null;
let failures = 0;
let watching = new Set();
let wasOpen = false;
let over = false;
let pending = new Set();
let gathering = 0;
let downTimer = 0;
let reconnecting = 0;
const lastPoll = new WeakMap();
// When what is shown was asked for, in ms of performance.now(): 0 is the page itself.
let askedAt = 0;

const bell = () => document.getElementById("bell");
const regions = (topic) => [...document.querySelectorAll("[data-live-topic]")].filter((one) => !topic || one.dataset.liveTopic === topic);
const topics = () => [...new Set(regions().map((one) => one.dataset.liveTopic))];
const isOpen = () => socket?.readyState === WebSocket.OPEN;

function address() {
  const where = bell()?.dataset.liveUrl;
  if (!where) return "";
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${where.startsWith(":") ? location.hostname : location.host}${where}`;
}

function watch() {
  const wanted = topics();
  if (isOpen() && (wanted.length > 0 || watching.size > 0)) socket.send(JSON.stringify({ watch: wanted, age_ms: Math.round(performance.now() - askedAt) }));
}

function granted(allowed) {
  watching = new Set(allowed);
  document.documentElement.dataset.live = isOpen() ? "watching" : "away";
}

function connect() {
  clearTimeout(reconnecting);
  const url = address();
  if (!url || over || socket) return;
  socket = new WebSocket(url);
  socket.addEventListener("open", () => {
    failures = 0;
    clearTimeout(downTimer);
    showDown(false);
    if (topics().length > 0) watch();
    else granted([]);
    // What happened while the socket was away is found by looking.
    if (wasOpen) gather(["inbox", ...topics()]);
    wasOpen = true;
  });
  socket.addEventListener("message", (event) => {
    const said = JSON.parse(event.data);
    if (said.watching) granted(said.watching);
    // After a breakdown everybody is nudged at once, and must not all ask at once.
    else if (said.topic) gather([said.topic], said.what === "missed" ? Math.random() * SPREAD_MS : 0);
  });
  socket.addEventListener("close", (event) => {
    socket = null;
    granted([]);
    over ||= event.code === SIGNED_OUT || event.code === BAD_MESSAGE;
    if (!downTimer) downTimer = setTimeout(() => showDown(true), SAY_DOWN_MS);
    if (!over) again();
  });
}

// Twice as long each time, and never everybody at the same moment.
function again() {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
  failures += 1;
  clearTimeout(reconnecting);
  reconnecting = setTimeout(connect, pause * (0.5 + Math.random()));
}

function showDown(down) {
  if (!down) downTimer = 0;
  document.querySelectorAll("[data-live-down]").forEach((one) => { one.hidden = !down; });
}

function gather(found, wait = 0) {
  found.forEach((topic) => pending.add(topic));
  clearTimeout(gathering);
  // A page nobody looks at asks when somebody does.
  if (document.visibilityState === "visible") gathering = setTimeout(look, GATHER_MS + wait);
}

async function look() {
  const found = pending;
  pending = new Set();
  askedAt = performance.now();
  if (found.has("inbox")) await lookAtInbox().catch(() => {});
  const stale = regions().filter((one) => found.has(one.dataset.liveTopic));
  stale.filter((one) => one.hasAttribute("hx-get")).forEach((one) => window.htmx?.trigger(one, "live"));
  const swapped = stale.filter((one) => !one.hasAttribute("hx-get"));
  if (swapped.length > 0) await lookAtPage(swapped).catch(() => {});
}

async function ask(url) {
  const answer = await fetch(url, { headers: { "X-Live": "1" }, redirect: "error", credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function lookAtInbox() {
  const old = bell();
  const fresh = await ask(`${old.dataset.bellUrl}?seen=${encodeURIComponent(old.dataset.newest)}`);
  const [next, news] = [fresh.getElementById("bell"), fresh.getElementById("bell-news")];
  if (next) bell().replaceWith(document.adoptNode(next));
  if (!news || news.pathname === location.pathname) return;
  showToast(news.textContent.trim(), "info", news.getAttribute("href"));
}

// Whether somebody is at work in the region: typing, or with something typed and not sent. What a
// filter says stands in the address and comes back.
function inUse(region) {
  return [...region.querySelectorAll("input, textarea, select")].some((field) => {
    if (field.type === "hidden" || field.form?.method === "get") return false;
    if (field === document.activeElement) return true;
    if (field.type === "file") return field.files.length > 0;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return field.value !== ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value;
    return field.value !== field.defaultValue;
  });
}

async function lookAtPage(stale) {
  // The answer to a form has the form's address, which is no page, and shows what was typed.
  if ("answersForm" in document.body.dataset) return say(CHANGED, true);
  const fresh = await ask(location.href);
  const kept = [];
  let changed = false;
  for (const old of stale) {
    const next = old.id && fresh.getElementById(old.id);
    if (!next || next.isEqualNode(old)) continue;
    if (inUse(old)) {
      kept.push(old);
      continue;
    }
    old.replaceWith(document.adoptNode(next));
    window.htmx?.process(next);
    next.classList.add("live-fresh");
    changed = true;
  }
  if (kept.length > 0) say(CHANGED, true);
  else if (changed) say("The page was updated.", false);
  watch();
}

// Said once to everybody, or only to people who hear the page.
function say(sentence, aloud) {
  if (aloud) {
    if (!document.querySelector("[data-live-said]")) showToast(sentence, "info").dataset.liveSaid = "";
    return;
  }
  let quiet = document.getElementById("live-status");
  if (!quiet) {
    quiet = document.createElement("p");
    quiet.id = "live-status";
    quiet.className = "sr-only";
    quiet.setAttribute("role", "status");
    document.body.append(quiet);
  }
  quiet.textContent = "";
  quiet.textContent = sentence;
}

// A poll of a watched region waits while the socket does its work.
document.addEventListener("htmx:beforeRequest", (event) => {
  const region = event.target;
  if (!region.matches?.("[data-live-topic][hx-get]")) return;
  const nudged = event.detail.requestConfig?.triggeringEvent?.type === "live";
  const recent = Date.now() - (lastPoll.get(region) ?? 0) < PRECAUTION_MS;
  if (!nudged && recent && isOpen() && watching.has(region.dataset.liveTopic)) event.preventDefault();
  else lastPoll.set(region, Date.now());
});
document.addEventListener("htmx:afterSettle", watch);

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  if (pending.size > 0) gather([]);
  if (!socket && !over) connect();
});
window.addEventListener("online", connect);
// A page that is kept for the back button must not keep a socket.
window.addEventListener("pagehide", () => {
  clearTimeout(reconnecting);
  over = true;
  socket?.close();
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  over = false;
  failures = 0;
  connect();
});
connect();
