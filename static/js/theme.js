// Runs before the first paint: applies the theme a person chose, else the system's stands.
const KEY = "theme";

function chosen() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // Storage can be forbidden; then the choice lasts for this page only.
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    document.documentElement.dataset.themeUnsaved = "true";
  }
}

const root = document.documentElement;
const saved = chosen();
if (saved === "light" || saved === "dark") root.dataset.theme = saved;

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  remember(root.dataset.theme);
  document.dispatchEvent(new CustomEvent("themechange"));
});
