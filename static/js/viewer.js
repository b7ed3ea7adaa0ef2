// Turns every [data-viewer] into a live 3D view once it comes into sight. See components/viewer.html.
// This file is small; three.js (viewer_scene.js) loads when a model is to be shown.
import { createLine, createMarks, createMeasure, createOverlay, createPins, createSection } from "./viewer_tools.js";

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
const MOVES = {
  ArrowLeft: (scene) => scene.pan(-1, 0),
  ArrowRight: (scene) => scene.pan(1, 0),
  ArrowUp: (scene) => scene.pan(0, 1),
  ArrowDown: (scene) => scene.pan(0, -1),
};
// A press that moves further than this turns the model instead of choosing a point.
const CLICK_PIXELS = 5;

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

const listOf = (text) => {
  try {
    const list = JSON.parse(text || "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
};

// Section, measure and pin: one at a time, ended by its button or Escape.
function createTools(figure, scene) {
  const layer = figure.querySelector(".viewer-overlay");
  const overlay = createOverlay(layer, scene);
  const tools = {
    section: createSection(figure, scene),
    measure: createMeasure(figure, scene, overlay, createLine(layer, scene)),
    pin: createPins(figure, scene, overlay, listOf(figure.dataset.pins)),
  };
  const marks = createMarks(figure, scene, overlay, listOf(figure.dataset.marks));
  figure.querySelector('[data-tool="marks"]').hidden = !marks.some;
  let active = "";
  function use(name) {
    if (active) tools[active].stop();
    active = active === name ? "" : name;
    for (const key of Object.keys(tools)) {
      figure.querySelector(`[data-tool="${key}"]`)?.setAttribute("aria-pressed", String(key === active));
    }
    figure.toggleAttribute("data-choosing", Boolean(tools[active]?.take));
    if (active) tools[active].start();
  }
  function choose(x, y) {
    const hit = tools[active]?.take && scene.pick(x, y);
    if (hit) tools[active].take(hit);
  }
  return { use, choose, marks, has: (name) => Boolean(tools[name]), isChoosing: () => Boolean(tools[active]?.take), end: () => active && use(active) };
}

function listenToPointer(stage, canvas, tools) {
  let from = null;
  canvas.addEventListener("pointerdown", (event) => { from = { x: event.clientX, y: event.clientY }; });
  canvas.addEventListener("pointerup", (event) => {
    if (!from || Math.hypot(event.clientX - from.x, event.clientY - from.y) > CLICK_PIXELS) return;
    const box = stage.getBoundingClientRect();
    tools.choose(event.clientX - box.left, event.clientY - box.top);
  });
}

function listenToKeys(stage, scene, tools) {
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = (event.shiftKey && MOVES[event.key]) || KEYS[event.key];
    if (act) act(scene);
    else if (event.key === "Escape") tools.end();
    else if (event.key === "Enter" && tools.isChoosing()) tools.choose(stage.clientWidth / 2, stage.clientHeight / 2);
    else return;
    event.preventDefault();
  });
}

function connect(figure, scene) {
  const stage = figure.querySelector(".viewer-stage");
  const tools = createTools(figure, scene);
  listenToPointer(stage, scene.canvas, tools);
  listenToKeys(stage, scene, tools);
  const acts = {
    in: () => scene.zoom(1 / 1.3),
    out: () => scene.zoom(1.3),
    edges: (button) => toggle(button, scene.showEdges),
    box: (button) => toggle(button, scene.showBox),
    ghost: (button) => toggle(button, scene.showGhost),
    marks: (button) => toggle(button, tools.marks.show),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : figure.requestFullscreen()),
  };
  figure.querySelector(".viewer-bar").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.view) scene.look(button.dataset.view);
    else if (tools.has(button.dataset.tool)) tools.use(button.dataset.tool);
    else acts[button.dataset.tool](button);
  });
  figure.showMark = (rule) => {
    figure.querySelector('[data-tool="marks"]').setAttribute("aria-pressed", "true");
    tools.marks.focus(rule);
  };
  document.addEventListener("themechange", scene.recolor);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", scene.recolor);
  new ResizeObserver(scene.resize).observe(stage);
}

async function start(figure) {
  if (figure.dataset.started) return;
  figure.dataset.started = "true";
  say(figure, "Loading the 3D model…");
  try {
    const { createScene } = await import(figure.dataset.scene);
    const { src, up, ghost } = figure.dataset;
    const scene = await createScene(figure.querySelector(".viewer-stage"), src, { up, ghost });
    connect(figure, scene);
    figure.querySelector(".viewer-poster")?.remove();
    figure.querySelector(".viewer-bar").hidden = false;
    const dims = figure.querySelector("[data-viewer-dims]");
    if (!dims.textContent.trim()) dims.textContent = scene.dimensions;
    if (!scene.hasEdges) figure.querySelector('[data-tool="edges"]').remove();
    say(figure, "");
    figure.dataset.ready = "true";
  } catch (error) {
    console.warn(error);
    say(figure, "The 3D model cannot be shown here. The picture and the files are complete.");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-viewer-mark]");
  const figure = button && document.querySelector("[data-viewer][data-ready]");
  if (!figure) return;
  figure.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  figure.showMark(button.dataset.viewerMark);
});

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
