// Asks for what is shown to be drawn again, once a frame however often it is asked for.

let draw = () => {};
let asked = false;

export function whenAsked(f) {
  draw = f;
}

export const drawNow = () => draw();

export function redraw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    draw();
  });
}
