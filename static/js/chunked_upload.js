// Files in pieces: announced together, sent a few at a time, each going on where it stopped.
// The server side of the protocol is marketplace/parts/views/uploads.py.
const TRIES = 7;
const FIRST_PAUSE_MS = 500;
const WHOLE_HASH_BYTES = 32 * 1024 * 1024;
const EDGE_BYTES = 1024 * 1024;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function digest(blob) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// By its key a file is known again after the page was reloaded. Large files are not read whole for
// it: their two ends, size and time tell them apart. Browsers hash on secure pages only.
async function describe({ file, path }) {
  const told = { name: path, size: file.size, sha256: "", key: `${file.size}-${file.lastModified}` };
  if (!globalThis.crypto?.subtle) return told;
  try {
    if (file.size <= WHOLE_HASH_BYTES) {
      told.sha256 = await digest(file);
      told.key = told.sha256;
    } else {
      const ends = new Blob([file.slice(0, EDGE_BYTES), file.slice(-EDGE_BYTES)]);
      told.key = `${await digest(ends)}-${file.size}`;
    }
  } catch {
    // The file went away or may not be read; sending it will say so on its row.
  }
  return told;
}

async function announce(form, files) {
  const body = JSON.stringify({ files: await Promise.all(files.map(describe)) });
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(form.dataset.start, {
    method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRFToken": token },
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error || "The server could not take these files. Try again in a minute.");
  return told;
}

// Resolves with {status, told}; status 0 means that the connection broke.
function put(url, token, offset, piece, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("X-CSRFToken", token);
    request.setRequestHeader("Upload-Offset", String(offset));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => onProgress(offset + event.loaded));
    request.addEventListener("loadend", () => {
      let told = {};
      try {
        told = JSON.parse(request.responseText || "{}");
      } catch {
        // A proxy answered with a page; the status decides.
      }
      resolve({ status: request.status, told });
    });
    request.send(piece);
  });
}

function comesBack() {
  if (navigator.onLine !== false) return Promise.resolve();
  return new Promise((resolve) => window.addEventListener("online", resolve, { once: true }));
}

const passing = (status) => status === 0 || status === 429 || status >= 500;

// Sends what is missing of one file. Throws an Error with a sentence when it cannot be finished.
export async function sendFile(file, upload, chunk, token, shown) {
  let { offset } = upload;
  let failed = 0;
  while (offset < upload.size) {
    const piece = file.slice(offset, offset + chunk);
    const { status, told } = await put(upload.url, token, offset, piece, shown.progress);
    if (status === 200) {
      offset = told.offset;
      failed = 0;
    } else if (status === 409 && typeof told.offset === "number") {
      // Another window sends the same file, or an answer was lost: go on where the server is.
      if (told.state !== "receiving") return;
      offset = told.offset;
      failed += 1;
    } else if (passing(status)) {
      failed += 1;
    } else {
      throw new Error(told.error || sentenceOf(status));
    }
    if (failed >= TRIES) throw new Error("The connection broke again and again. Drop the file once more to go on.");
    if (failed > 0) {
      shown.waiting();
      await comesBack();
      await pause(FIRST_PAUSE_MS * 2 ** (failed - 1));
    }
  }
}

function sentenceOf(status) {
  if (status === 413) return "The server takes no pieces of this size.";
  if (status === 403) return "You were signed out, or may not upload. Reload the page and sign in.";
  if (status === 404) return "This upload is no longer there. Drop the file again.";
  return "The server could not take this file. Try again in a minute.";
}

export { announce };

// The files of a drop with the folders they lie in; of an input with its relative paths.
export async function filesOf(transfer) {
  const entries = [...(transfer.items ?? [])].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

// Folders of version control and of operating systems hold nothing to make.
const ignored = (name) => name.startsWith(".") || name === "__MACOSX" || name === "Thumbs.db";

async function walk(entry, folder, found) {
  if (ignored(entry.name)) return;
  const path = folder + entry.name;
  if (entry.isFile) {
    found.push({ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), path });
    return;
  }
  const reader = entry.createReader();
  // A reader gives a hundred entries at a time, and none at the end.
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const one of some) await walk(one, `${path}/`, found);
  }
}
