// The three.js side of the viewer: one part, studio light, drawn only when something changed.
import {
  AmbientLight, Box3, Box3Helper, Color, DirectionalLight, HemisphereLight, LineBasicMaterial,
  MeshStandardMaterial, PerspectiveCamera, Plane, Scene, Sphere, Spherical, Vector3, WebGLRenderer,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { loadModel } from "./viewer_model.js";
import { createPicker } from "./viewer_pick.js";

const FIELD_OF_VIEW = 28;
const MM = 1000;
const VIEWS = {
  iso: [1, 0.8, 1],
  front: [0, 0, 1],
  right: [1, 0, 0],
  // Not exactly along the up axis, where the camera has no defined roll.
  top: [0, 1, 0.0001],
};
const COLORS = {
  light: { part: 0xb4bdca, edge: 0x2a3342, box: 0x2456c7, ghost: 0xd9822b },
  dark: { part: 0x8f9bad, edge: 0x0d1118, box: 0x86adff, ghost: 0xe8a35c },
};

function palette() {
  const chosen = document.documentElement.dataset.theme;
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  return dark ? COLORS.dark : COLORS.light;
}

function lights(camera) {
  const key = new DirectionalLight(0xffffff, 2.1);
  key.position.set(-0.6, 1, 1.2);
  const fill = new DirectionalLight(0xffffff, 0.7);
  fill.position.set(1.4, -0.4, 0.8);
  // Lights travel with the camera, so the side looked at is never in the dark.
  camera.add(key, fill);
  return [new HemisphereLight(0xffffff, 0x8a93a3, 1.0), new AmbientLight(0xffffff, 0.25), camera];
}

function makeMaterials(clipping) {
  const shared = { side: 2, clippingPlanes: clipping };
  return {
    part: new MeshStandardMaterial({
      ...shared, metalness: 0.15, roughness: 0.62, polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1,
    }),
    edge: new LineBasicMaterial({ clippingPlanes: clipping }),
    ghost: new MeshStandardMaterial({ ...shared, transparent: true, opacity: 0.3, depthWrite: false, depthTest: false }),
    ghostEdge: new LineBasicMaterial({ clippingPlanes: clipping, transparent: true, opacity: 0.6 }),
  };
}

// Written as length, depth, height: with y upward the height is the middle number.
function millimeters(box) {
  const size = box.getSize(new Vector3()).multiplyScalar(MM);
  const format = new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: 1 });
  return `${[size.x, size.z, size.y].map((side) => format.format(side)).join(" × ")} mm`;
}

export async function createScene(stage, source, { up, ghost } = {}) {
  const clipping = [];
  const materials = makeMaterials(clipping);
  const model = await loadModel(source, materials, up);
  const pale = ghost && await loadModel(ghost, { part: materials.ghost, edge: materials.ghostEdge }, up);
  const seen = new Box3().setFromObject(model.group);
  if (seen.isEmpty()) throw new Error("The model is empty.");
  // An older revision may be the larger one: the eye starts where both are seen.
  const whole = pale ? seen.clone().expandByObject(pale.group) : seen;
  const sphere = whole.getBoundingSphere(new Sphere());

  const scene = new Scene();
  const camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, sphere.radius / 50, sphere.radius * 60);
  const frame = new Box3Helper(seen, new Color(0));
  frame.visible = false;
  scene.add(model.group, frame, ...lights(camera));
  if (pale) {
    pale.meshes.forEach((mesh) => { mesh.renderOrder = 1; });
    scene.add(pale.group);
  }

  const renderer = new WebGLRenderer({ antialias: true, alpha: true });
  renderer.localClippingEnabled = true;
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
  stage.prepend(renderer.domElement);
  const controls = new OrbitControls(camera, renderer.domElement);
  controls.minDistance = sphere.radius * 0.2;
  controls.maxDistance = sphere.radius * 20;
  const after = [];

  let asked = false;
  function draw() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      renderer.render(scene, camera);
      after.forEach((act) => act());
    });
  }
  function recolor() {
    const colors = palette();
    materials.part.color.set(colors.part);
    materials.edge.color.set(colors.edge);
    materials.ghost.color.set(colors.ghost);
    materials.ghostEdge.color.set(colors.ghost);
    frame.material.color.set(colors.box);
    draw();
  }
  function resize() {
    const { clientWidth: width, clientHeight: height } = stage;
    if (!width || !height) return;
    renderer.setSize(width, height, false);
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
    draw();
  }
  const farEnough = () => (sphere.radius / Math.sin((FIELD_OF_VIEW * Math.PI) / 360) / Math.min(1, camera.aspect)) * 1.05;
  function place(direction, target, distance) {
    controls.target.copy(target);
    camera.position.copy(direction.normalize().multiplyScalar(distance).add(target));
    controls.update();
    draw();
  }
  function look(name) {
    const now = camera.position.clone().sub(controls.target);
    place(name === "fit" ? now : new Vector3(...VIEWS[name]), sphere.center, farEnough());
  }
  function orbit(change) {
    const offset = camera.position.clone().sub(controls.target);
    const around = new Spherical().setFromVector3(offset);
    change(around);
    around.makeSafe();
    around.radius = Math.min(controls.maxDistance, Math.max(controls.minDistance, around.radius));
    camera.position.copy(controls.target).add(offset.setFromSpherical(around));
    controls.update();
    draw();
  }
  function pan(sideways, upward) {
    const step = camera.position.distanceTo(controls.target) * 0.05;
    const move = new Vector3(sideways * step, upward * step, 0).applyQuaternion(camera.quaternion);
    camera.position.add(move);
    controls.target.add(move);
    controls.update();
    draw();
  }

  // The file's own coordinates, millimeters, and back to the scene.
  const toFile = (point) => model.frame.worldToLocal(point.clone()).multiplyScalar(MM);
  const toScene = ([x, y, z]) => model.frame.localToWorld(new Vector3(x, y, z).divideScalar(MM));

  // A cut across an axis of the file at a share of the box; the limits are the file's, millimeters.
  function cut(axis, share, flipped) {
    const local = new Vector3(axis === "x" ? 1 : 0, axis === "y" ? 1 : 0, axis === "z" ? 1 : 0);
    const origin = model.frame.localToWorld(new Vector3());
    const normal = model.frame.localToWorld(local.clone()).sub(origin).normalize();
    const corners = [seen.min, seen.max].map((corner) => corner.dot(normal));
    const [low, high] = [Math.min(...corners), Math.max(...corners)];
    const at = low + (high - low) * share;
    const plane = new Plane(normal.clone().negate(), at);
    clipping.splice(0, clipping.length, flipped ? plane.negate() : plane);
    draw();
    return toFile(normal.clone().multiplyScalar(at))[axis];
  }
  function uncut() {
    clipping.length = 0;
    draw();
  }
  function project(point) {
    const onScreen = point.clone().project(camera);
    return {
      x: ((onScreen.x + 1) / 2) * stage.clientWidth,
      y: ((1 - onScreen.y) / 2) * stage.clientHeight,
      // In front of the camera, and not on the side that was cut away.
      seen: onScreen.z < 1 && clipping.every((plane) => plane.distanceToPoint(point) >= -sphere.radius * 1e-3),
    };
  }
  function lookAt(point) {
    const away = point.clone().sub(sphere.center);
    const direction = away.lengthSq() > 1e-12 ? away : camera.position.clone().sub(controls.target);
    // From where one stands, turned toward the side the point is on.
    direction.normalize().add(new Vector3(0.4, 0.35, 0.4));
    place(direction, point, farEnough() * 0.6);
  }

  controls.addEventListener("change", draw);
  recolor();
  resize();
  look("iso");
  return {
    dimensions: millimeters(seen),
    hasEdges: model.edges.length > 0,
    canvas: renderer.domElement,
    pick: createPicker({ camera, stage, model, clipping: () => clipping }),
    recolor,
    resize,
    look,
    lookAt,
    project,
    toFile,
    toScene,
    cut,
    uncut,
    pan,
    afterDraw: (act) => { after.push(act); draw(); },
    redraw: draw,
    turn: (sideways, upward) => orbit((around) => { around.theta += sideways; around.phi += upward; }),
    zoom: (factor) => orbit((around) => { around.radius *= factor; }),
    showEdges: (on) => { model.edges.forEach((lines) => { lines.visible = on; }); draw(); },
    showBox: (on) => { frame.visible = on; draw(); },
    showGhost: (on) => { if (pale) pale.group.visible = on; draw(); },
  };
}
