// Only on a public page whose visitor allowed it (marketplace/pages/analytics.py). Told is the name of
// the page: no address, which may hold what somebody searched for, and nothing of the visitor.
const told = document.querySelector("script[data-analytics]").dataset;
const place = { page_location: `${location.origin}/${told.page}`, page_title: told.page };

function countByGoogle(id) {
  window.dataLayer = window.dataLayer || [];
  function gtag() {
    // Google's script wants the arguments object itself.
    window.dataLayer.push(arguments);
  }
  gtag("js", new Date());
  gtag("config", id, {
    ...place,
    page_referrer: "",
    // Of this host alone, so that our own answer can take the cookie away again.
    cookie_domain: "none",
    cookie_expires: 180 * 24 * 3600,
    allow_google_signals: false,
    allow_ad_personalization_signals: false,
  });
  const script = document.createElement("script");
  script.async = true;
  script.src = `https://www.googletagmanager.com/gtag/js?id=${encodeURIComponent(id)}`;
  document.head.append(script);
}

function visit() {
  // Forgotten with the tab: a visit is counted, nobody is followed.
  const kept = sessionStorage.getItem("visit") || crypto.randomUUID();
  sessionStorage.setItem("visit", kept);
  return kept;
}

function countByMixpanel(token) {
  const event = { event: "Page view", properties: { token, distinct_id: `$device:${visit()}`, page: told.page } };
  const body = new URLSearchParams({ data: JSON.stringify([event]), ip: "0" });
  // A page works without being counted.
  fetch("https://api-js.mixpanel.com/track/", { method: "POST", body, credentials: "omit", keepalive: true }).catch(() => {});
}

if (told.google) countByGoogle(told.google);
if (told.mixpanel) countByMixpanel(told.mixpanel);
