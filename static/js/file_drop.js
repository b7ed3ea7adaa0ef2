// [data-file-drop]: drag and drop with one progress bar a file. The form works without this script.
import { announce, filesOf, sendFile } from "./chunked_upload.js";

const MEGABYTE = 1e6;
const AT_ONCE = 3;
const MOST_FILES = 500;

function readable(bytes) {
  if (bytes >= MEGABYTE) return `${(bytes / MEGABYTE).toFixed(1)} MB`;
  return `${Math.max(1, Math.round(bytes / 1000))} kB`;
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function makeRow(list, file, path = file.name) {
  const row = element("li", "drop-row");
  const name = element("span", "drop-name", path);
  name.title = path;
  const state = element("span", "drop-state", readable(file.size));
  row.append(name, state);
  list.append(row);
  return { row, state };
}

// Nobody counts 500 rows: one line says how far all of them are.
function showTotal(list) {
  const counted = (state) => list.querySelectorAll(`[data-state="${state}"]`).length;
  const all = list.children.length;
  let total = list.parentElement.querySelector(".drop-total");
  if (all < 2) return total?.remove();
  if (!total) {
    total = element("p", "drop-total mt-3");
    total.setAttribute("role", "status");
    list.before(total);
  }
  const failed = counted("failed");
  total.textContent = `${counted("done")} of ${all} arrived${failed ? `, ${failed} failed` : ""}`;
}

function fail(shown, sentence) {
  shown.row.dataset.state = "failed";
  shown.row.querySelector("progress")?.remove();
  shown.state.textContent = sentence;
  showTotal(shown.row.parentElement);
}

function finish(shown, word) {
  shown.row.dataset.state = "done";
  shown.row.querySelector("progress")?.remove();
  shown.state.textContent = word;
  showTotal(shown.row.parentElement);
}

function refusal(file, zone) {
  const limit = Number(zone.dataset.maxMb);
  if (file.size === 0) return "This file is empty. Export it again and choose the new file.";
  if (limit && file.size > limit * 1.048576 * MEGABYTE) return `This file is ${readable(file.size)}; the limit is ${limit} MB.`;
  return "";
}

function addBar(shown, name) {
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.className = "progress progress-primary";
  bar.setAttribute("aria-label", `Uploading ${name}`);
  shown.row.append(bar);
  return bar;
}

async function sendOne(told, one, token) {
  const { file, path, shown, upload } = one;
  const bar = addBar(shown, path);
  const view = {
    progress(sent) {
      bar.value = (sent / file.size) * 100;
      shown.state.textContent = `${Math.floor(bar.value)} %`;
    },
    waiting() { shown.state.textContent = "The connection broke; trying again…"; },
  };
  view.progress(upload.offset);
  try {
    await sendFile(file, upload, told.chunk, token, view);
    finish(shown, "Arrived");
  } catch (error) {
    fail(shown, error.message);
  }
}

function splitByRefusal(form, list, files) {
  const good = [];
  for (const { file, path } of files) {
    const shown = makeRow(list, file, path);
    const reason = refusal(file, form);
    if (reason) fail(shown, reason);
    else good.push({ file, path, shown });
  }
  return good;
}

async function uploadAll(form, files) {
  const list = form.querySelector(".drop-list");
  list.replaceChildren();
  if (files.length > MOST_FILES) {
    list.append(element("li", "drop-row", `These are ${files.length} files; drop at most ${MOST_FILES} at once.`));
    return;
  }
  const waiting = splitByRefusal(form, list, files);
  showTotal(list);
  if (waiting.length === 0) return;
  form.setAttribute("aria-busy", "true");
  try {
    const told = await announce(form, waiting);
    waiting.forEach((one, index) => { one.upload = told.files[index]; });
    await sendThose(form, told, waiting);
    form.removeAttribute("aria-busy");
    leaveOrOffer(form, list, told.url);
  } catch (error) {
    waiting.forEach(({ shown }) => fail(shown, error.message));
  } finally {
    form.removeAttribute("aria-busy");
  }
}

async function sendThose(form, told, files) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  files.filter(({ upload }) => upload.state === "refused").forEach(({ shown, upload }) => fail(shown, upload.sentence));
  const waiting = files.filter(({ upload }) => upload.state === "receiving");
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await sendOne(told, next, token);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function leaveOrOffer(form, list, url) {
  const arrived = list.querySelectorAll('[data-state="done"]').length;
  const failed = list.querySelectorAll('[data-state="failed"]').length;
  if (arrived > 0 && failed === 0) location.assign(url);
  else if (arrived > 0) offerToContinue(list, url);
}

// Some files failed: their sentences must be readable, so the person decides when to go on.
function offerToContinue(list, url) {
  list.parentElement.querySelector(".drop-continue")?.remove();
  const link = element("a", "btn btn-look-primary drop-continue mt-3", "Continue with the files that arrived");
  link.href = url;
  list.after(link);
}

function showChosen(zone, files) {
  const list = zone.querySelector(".drop-list");
  list.replaceChildren();
  for (const file of files) {
    const shown = makeRow(list, file);
    const reason = refusal(file, zone);
    if (reason) fail(shown, reason);
  }
}

const sendsItself = (zone) => zone instanceof HTMLFormElement && Boolean(zone.dataset.start);

document.addEventListener("change", (event) => {
  const zone = event.target.closest?.("[data-file-drop]");
  if (!zone || event.target.type !== "file" || event.target.files.length === 0) return;
  if (!sendsItself(zone)) {
    showChosen(zone, [...event.target.files]);
    return;
  }
  uploadAll(zone, [...event.target.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
  // Cleared so that choosing the same file again is a change.
  event.target.value = "";
});

for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    const target = event.target.closest?.(".drop-zone");
    if (!target) return;
    event.preventDefault();
    target.classList.toggle("drop-over", type === "dragover");
    if (type !== "drop") return;
    const zone = target.closest("[data-file-drop]");
    if (sendsItself(zone)) {
      filesOf(event.dataTransfer).then((files) => files.length && uploadAll(zone, files));
      return;
    }
    target.querySelector("input").files = event.dataTransfer.files;
    showChosen(zone, [...event.dataTransfer.files]);
  });
}

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector('form[data-file-drop][aria-busy="true"]')) event.preventDefault();
});

function enliven() {
  document.querySelectorAll("[data-file-drop]").forEach((zone) => zone.classList.add("drop-live"));
}
enliven();
document.addEventListener("htmx:afterSwap", enliven);
