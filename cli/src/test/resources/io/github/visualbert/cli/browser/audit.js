// Returns what is wrong with how the page looks now, a line each; arguments[0]: the smallest side of a target.
const smallest = arguments[0];
const found = [];

const visible = (element) => {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return box.width > 0 && box.height > 0 && style.visibility === "visible" && style.opacity !== "0";
};
const named = (element) => {
  const text = (element.getAttribute("aria-label") || element.textContent).trim().slice(0, 40);
  return element.tagName.toLowerCase() + (element.id ? "#" + element.id : "") +
    (element.className ? "." + element.className : "") + " \u201c" + text + "\u201d";
};
const all = (selector) => [...document.querySelectorAll(selector)].filter(visible);

// Nothing is wider than the window.
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > width) {
  found.push("the page scrolls to " + document.documentElement.scrollWidth + " of " + width + " pixels");
}
all("body *").forEach((element) => {
  const box = element.getBoundingClientRect();
  if (box.left < -0.5 || box.right > width + 0.5) {
    found.push(named(element) + " leaves the window: " + box.left + " to " + box.right + " of " + width);
  }
});

// No text is cut off by the box that it lies in.
const textual = all("body *").filter((element) =>
  [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()));
const lettersOf = (element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range.getBoundingClientRect();
};
textual.filter((element) => element.tagName !== "OPTION").forEach((element) => {
  const letters = lettersOf(element);
  for (let around = element; around !== document.body; around = around.parentElement) {
    const box = around.getBoundingClientRect();
    const clips = around === element || getComputedStyle(around).overflow !== "visible";
    if (clips && (letters.left < box.left - 1 || letters.right > box.right + 1 ||
        letters.top < box.top - 3 || letters.bottom > box.bottom + 3)) {
      found.push(named(element) + " is cut by " + named(around));
    }
  }
});

// No two texts and no two controls lie on each other, but for boxes on a picture.
const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
const solid = [...new Set([...textual.filter((each) => each.tagName !== "OPTION"), ...all("button, input, select")])]
  .filter((element) => !element.matches("[data-on-picture]"));
const boxes = solid.map((element) => element.getBoundingClientRect());
solid.forEach((a, i) => solid.forEach((b, j) => {
  if (i < j && over(boxes[i], boxes[j]) && !a.contains(b) && !b.contains(a)) {
    found.push(named(a) + " lies on " + named(b));
  }
}));

// A finger finds every control.
all("button, input, select, a").forEach((element) => {
  const box = element.getBoundingClientRect();
  const before = getComputedStyle(element, "::before");
  const reach = (side, own) => Math.max(own, before.content === "none" ? 0 : parseFloat(before[side]) || 0);
  const sides = [reach("width", box.width), reach("height", box.height)];
  if (Math.min(...sides) < smallest) {
    found.push(named(element) + " is a target of " + sides.join(" x ") + " pixels");
  }
});

// Text stands out from what it lies on: WCAG's contrast.
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const colours = new Map();
const colour = (css) => {
  if (!colours.has(css)) {
    colours.set(css, levels(css));
  }
  return colours.get(css);
};
const levels = (css) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = css;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const luminance = (rgb) => {
  const [r, g, b] = rgb.slice(0, 3).map((level) => {
    const share = level / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (element) => {
  for (let around = element; around; around = around.parentElement) {
    const rgb = colour(getComputedStyle(around).backgroundColor);
    if (rgb[3] === 255) {
      return rgb;
    }
  }
  return [255, 255, 255];
};
textual.forEach((element) => {
  const [light, dark] = [colour(getComputedStyle(element).color), ground(element)]
    .map(luminance).sort((a, b) => b - a);
  const contrast = (light + 0.05) / (dark + 0.05);
  if (contrast < 4.5) {
    found.push(named(element) + " has a contrast of " + contrast.toFixed(2));
  }
});
return found;
