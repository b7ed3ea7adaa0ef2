// Turns every [data-viewer] into a live 3D view once it comes into sight. See components/viewer.html.
import { createScene } from "./viewer_scene.js";

const STEP = Math.PI / 18;
const KEYS = {
  ArrowLeft: (scene) => scene.turn(-STEP, 0),
  ArrowRight: (scene) => scene.turn(STEP, 0),
  ArrowUp: (scene) => scene.turn(0, -STEP),
  ArrowDown: (scene) => scene.turn(0, STEP),
  "+": (scene) => scene.zoom(1 / 1.2),
  "=": (scene) => scene.zoom(1 / 1.2),
  "-": (scene) => scene.zoom(1.2),
  Home: (scene) => scene.look("iso"),
};

function say(figure, sentence) {
  const status = figure.querySelector(".viewer-status");
  status.textContent = sentence;
  status.hidden = !sentence;
}

function toggle(button, change) {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  change(on);
}

function connect(figure, scene) {
  const stage = figure.querySelector(".viewer-stage");
  stage.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act(scene);
  });
  figure.querySelector(".viewer-bar").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.view) scene.look(button.dataset.view);
    else if (button.dataset.tool === "in") scene.zoom(1 / 1.3);
    else if (button.dataset.tool === "out") scene.zoom(1.3);
    else if (button.dataset.tool === "edges") toggle(button, scene.showEdges);
    else if (button.dataset.tool === "box") toggle(button, scene.showBox);
    else if (document.fullscreenElement) document.exitFullscreen();
    else figure.requestFullscreen();
  });
  document.addEventListener("themechange", scene.recolor);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", scene.recolor);
  new ResizeObserver(scene.resize).observe(stage);
}

async function start(figure) {
  if (figure.dataset.started) return;
  figure.dataset.started = "true";
  say(figure, "Loading the 3D model…");
  try {
    const scene = await createScene(figure.querySelector(".viewer-stage"), figure.dataset.src, figure.dataset.up);
    connect(figure, scene);
    figure.querySelector(".viewer-poster")?.remove();
    figure.querySelector(".viewer-bar").hidden = false;
    const dims = figure.querySelector("[data-viewer-dims]");
    if (!dims.textContent.trim()) dims.textContent = scene.dimensions;
    if (!scene.hasEdges) figure.querySelector('[data-tool="edges"]').remove();
    say(figure, "");
    figure.dataset.ready = "true";
  } catch (error) {
    console.error(error);
    say(figure, "The 3D model cannot be shown here. The picture and the files are complete.");
  }
}

const sight = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    sight.unobserve(entry.target);
    start(entry.target);
  }
}, { rootMargin: "100px" });

function watch() {
  document.querySelectorAll("[data-viewer]:not([data-started])").forEach((figure) => {
    if (figure.dataset.src) sight.observe(figure);
  });
}
watch();
document.addEventListener("htmx:afterSwap", watch);
