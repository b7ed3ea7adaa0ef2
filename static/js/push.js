// The card "In this browser" of the notification settings: asks the browser, and tells the site where
// to nudge it. Without it the inbox and the mails are as they were.
const card = document.querySelector("[data-push]");
const toggle = card.querySelector("[data-push-toggle]");
const state = card.querySelector("[data-push-state]");
const { pushKey, pushWorker, pushAdd, pushRemove } = card.dataset;

function send(address, endpoint) {
  const body = new URLSearchParams({ endpoint });
  const token = card.querySelector("[name=csrfmiddlewaretoken]").value;
  return fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token } }).then((answer) => {
    if (!answer.ok) throw new Error(`The site answered ${answer.status}.`);
  });
}

function show(subscription) {
  const isOn = Boolean(subscription);
  state.textContent = isOn ? "This browser tells you of news." : "This browser does not tell you of news.";
  toggle.textContent = isOn ? "Stop here" : "Tell me here";
  toggle.hidden = false;
  toggle.disabled = false;
}

async function change(registration) {
  const current = await registration.pushManager.getSubscription();
  if (current) {
    await send(pushRemove, current.endpoint);
    await current.unsubscribe();
    return null;
  }
  const wanted = { userVisibleOnly: true, applicationServerKey: pushKey };
  const made = await registration.pushManager.subscribe(wanted);
  try {
    await send(pushAdd, made.endpoint);
  } catch (error) {
    await made.unsubscribe();
    throw error;
  }
  return made;
}

async function start() {
  if (!("serviceWorker" in navigator && "PushManager" in window)) {
    state.textContent = "This browser takes no notices from websites.";
    return;
  }
  const registration = await navigator.serviceWorker.register(pushWorker);
  show(await registration.pushManager.getSubscription());
  toggle.addEventListener("click", async () => {
    toggle.disabled = true;
    try {
      show(await change(registration));
    } catch {
      toggle.disabled = false;
      state.textContent = Notification.permission === "denied"
        ? "Your browser forbids notices of this site. Allow them beside the address, then try again."
        : "That did not work. Your connection or your browser refused it; try again.";
    }
  });
}

start().catch(() => {
  state.textContent = "This browser could not be asked. Reload the page to try again.";
});
