// [data-file-drop]: drag and drop with one progress bar a file. The form works without this script.
const MEGABYTE = 1e6;
const AT_ONCE = 2;

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

function makeRow(list, file) {
  const row = element("li", "drop-row");
  const name = element("span", "drop-name", file.name);
  name.title = file.name;
  const state = element("span", "drop-state", readable(file.size));
  row.append(name, state);
  list.append(row);
  return { row, state };
}

function fail(shown, sentence) {
  shown.row.dataset.state = "failed";
  shown.row.querySelector("progress")?.remove();
  shown.state.textContent = sentence;
}

function refusal(file, zone) {
  const limit = Number(zone.dataset.maxMb);
  if (file.size === 0) return "This file is empty. Export it again and choose the new file.";
  if (limit && file.size > limit * MEGABYTE) return `This file is ${readable(file.size)}; the limit is ${limit} MB.`;
  return "";
}

function sentenceOf(request) {
  try {
    const answer = JSON.parse(request.responseText);
    if (typeof answer.error === "string") return answer.error;
  } catch {
    // Not JSON: a proxy or the server's own error page answered; the status decides the sentence.
  }
  if (request.status === 413) return "This file is larger than the server accepts.";
  if (request.status === 403) return "You were signed out. Reload the page, sign in and try again.";
  return "The server could not take this file. Try again in a minute.";
}

function upload(form, file, shown) {
  return new Promise((resolve) => {
    const body = new FormData(form);
    body.delete(form.dataset.name);
    body.append(form.dataset.name, file, file.name);
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.className = "progress progress-primary";
    bar.setAttribute("aria-label", `Uploading ${file.name}`);
    shown.row.append(bar);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = (event.loaded / event.total) * 100;
      shown.state.textContent = bar.value < 100 ? `${Math.floor(bar.value)} %` : "Checking…";
    });
    request.addEventListener("load", () => {
      const stored = request.status >= 200 && request.status < 300;
      if (stored) {
        shown.row.dataset.state = "done";
        shown.state.textContent = "Stored";
        bar.remove();
      } else fail(shown, sentenceOf(request));
      resolve(stored);
    });
    request.addEventListener("error", () => {
      fail(shown, "The connection broke. Check it and choose the file again.");
      resolve(false);
    });
    request.send(body);
  });
}

async function uploadAll(form, files) {
  const list = form.querySelector(".drop-list");
  const waiting = [];
  let refused = 0;
  for (const file of files) {
    const shown = makeRow(list, file);
    const reason = refusal(file, form);
    if (reason) {
      fail(shown, reason);
      refused += 1;
    } else waiting.push({ file, shown });
  }
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      if (!(await upload(form, next.file, next.shown))) refused += 1;
    }
  };
  form.setAttribute("aria-busy", "true");
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  form.removeAttribute("aria-busy");
  const stored = list.querySelectorAll('[data-state="done"]').length;
  if (stored > 0 && refused === 0) leave(form);
  else if (stored > 0) offerToContinue(form, list);
}

function leave(form) {
  if (form.dataset.next) location.assign(form.dataset.next);
  else location.reload();
}

// Some files failed: their sentences must be readable, so the person decides when to go on.
function offerToContinue(form, list) {
  if (form.querySelector(".drop-continue")) return;
  const button = element("button", "btn btn-look-primary drop-continue mt-3", "Continue with the stored files");
  button.type = "button";
  button.addEventListener("click", () => leave(form));
  list.after(button);
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

function take(zone, files) {
  if (files.length === 0) return;
  if (zone instanceof HTMLFormElement) uploadAll(zone, [...files]);
  else showChosen(zone, [...files]);
}

document.addEventListener("change", (event) => {
  const zone = event.target.closest?.("[data-file-drop]");
  if (!zone || event.target.type !== "file") return;
  take(zone, event.target.files);
  // Cleared so that choosing the same file again is a change.
  if (zone instanceof HTMLFormElement) event.target.value = "";
});

for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    const target = event.target.closest?.(".drop-zone");
    if (!target) return;
    event.preventDefault();
    target.classList.toggle("drop-over", type === "dragover");
    if (type !== "drop") return;
    const zone = target.closest("[data-file-drop]");
    if (!(zone instanceof HTMLFormElement)) target.querySelector("input").files = event.dataTransfer.files;
    take(zone, event.dataTransfer.files);
  });
}

function enliven() {
  document.querySelectorAll("[data-file-drop]").forEach((zone) => zone.classList.add("drop-live"));
}
enliven();
document.addEventListener("htmx:afterSwap", enliven);
