// A form with data-passkey="create" or "get" asks the browser for a passkey and sends its answer in
// the hidden field `credential`. The options stand in the page (data-options="#id") or are fetched
// when the button is pressed (data-options-url). The form stays hidden where passkeys do not work.
import { showToast } from "./toasts.js";

const toBytes = (text) => {
  const padded = text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
};
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

async function create({ publicKey: asked }, form) {
  const selection = { ...asked.authenticatorSelection };
  // A passkey that signs in without a password lives on the device and asks for finger or PIN.
  const alone = form.querySelector("[name=passwordless]")?.checked ?? false;
  selection.residentKey = alone ? "required" : "discouraged";
  selection.requireResidentKey = alone;
  if (alone) selection.userVerification = "required";
  const made = await navigator.credentials.create({
    publicKey: {
      ...asked,
      authenticatorSelection: selection,
      challenge: toBytes(asked.challenge),
      user: { ...asked.user, id: toBytes(asked.user.id) },
      excludeCredentials: withBytes(asked.excludeCredentials),
    },
  });
  return answerOf(made, {
    attestationObject: toText(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function get({ publicKey: asked }) {
  const found = await navigator.credentials.get({
    publicKey: { ...asked, challenge: toBytes(asked.challenge), allowCredentials: withBytes(asked.allowCredentials) },
  });
  return answerOf(found, {
    authenticatorData: toText(found.response.authenticatorData),
    signature: toText(found.response.signature),
    userHandle: found.response.userHandle ? toText(found.response.userHandle) : null,
  });
}

function answerOf(credential, response) {
  return {
    type: credential.type,
    id: credential.id,
    rawId: toText(credential.rawId),
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: toText(credential.response.clientDataJSON), ...response },
  };
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(document.querySelector(form.dataset.options).textContent);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The options answered ${answer.status}.`);
  return answer.json();
}

function sentenceFor(error) {
  if (error.name === "NotAllowedError") return "Nothing was confirmed. Try again when you are ready.";
  if (error.name === "InvalidStateError") return "This device holds a passkey for your account already.";
  return "The passkey did not work here. Use another way, or try another browser.";
}

async function start(form) {
  try {
    const options = await optionsOf(form);
    const answer = form.dataset.passkey === "create"
      ? await create(options.creation_options, form)
      : await get(options.request_options);
    form.elements.credential.value = JSON.stringify(answer);
    form.requestSubmit();
  } catch (error) {
    showToast(sentenceFor(error), "warning");
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.querySelector("[data-passkey-start]").addEventListener("click", () => start(form));
}
