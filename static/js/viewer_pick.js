// From a place on the screen to a point of the model, caught by corners and edges nearby.
import { Line3, Raycaster, Vector2, Vector3 } from "three";

// How near, in pixels, a corner or an edge catches a point.
const CORNER_PIXELS = 12;
const EDGE_PIXELS = 8;

export function createPicker({ camera, stage, model, clipping }) {
  const ray = new Raycaster();

  function onScreen(point) {
    const seen = point.clone().project(camera);
    return new Vector2(((seen.x + 1) / 2) * stage.clientWidth, ((1 - seen.y) / 2) * stage.clientHeight);
  }

  function visible(hit) {
    return clipping().every((plane) => plane.distanceToPoint(hit.point) >= 0);
  }

  function cornersOf(hit) {
    const { position } = hit.object.geometry.attributes;
    return [hit.face.a, hit.face.b, hit.face.c].map((index) =>
      hit.object.localToWorld(new Vector3().fromBufferAttribute(position, index)));
  }

  // Only what is drawn as an edge catches: sides of triangles inside a flat face are none.
  function drawnSides(hit, corners) {
    return [[0, 1], [1, 2], [2, 0]].map(([a, b]) => new Line3(corners[a], corners[b]))
      .filter((side) => isDrawn(side));
  }

  const drawn = new Set();
  const key = (point) => [point.x, point.y, point.z].map((value) => Math.round(value * 1e6)).join();
  const first = new Vector3();
  for (const edge of model.edges) {
    const { position } = edge.geometry.attributes;
    for (let index = 0; index < position.count; index += 1) {
      drawn.add(key(edge.localToWorld(first.fromBufferAttribute(position, index))));
    }
  }
  const isDrawn = (side) => drawn.has(key(side.start)) && drawn.has(key(side.end));

  // {point, kind: corner|edge|face} in the scene's coordinates, null beside the model.
  return function pick(x, y) {
    ray.setFromCamera(new Vector2((x / stage.clientWidth) * 2 - 1, 1 - (y / stage.clientHeight) * 2), camera);
    const hit = ray.intersectObjects(model.meshes, false).find(visible);
    if (!hit) return null;
    const here = new Vector2(x, y);
    const corners = cornersOf(hit);
    for (const corner of corners) {
      if (drawn.has(key(corner)) && onScreen(corner).distanceTo(here) <= CORNER_PIXELS) return { point: corner, kind: "corner" };
    }
    for (const side of drawnSides(hit, corners)) {
      const near = side.closestPointToPoint(hit.point, true, new Vector3());
      if (onScreen(near).distanceTo(here) <= EDGE_PIXELS) return { point: near, kind: "edge" };
    }
    return { point: hit.point, kind: "face" };
  };
}
