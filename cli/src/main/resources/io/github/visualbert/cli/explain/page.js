"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const regions = data.pictures.flatMap((picture, p) =>
    picture.regions.map((region, r) => ({ ...region, picture: p, number: r })));
  const count = words.length + regions.length;
  const maps = decode(data.maps);
  const rollout = decode(data.rollout);
  const state = {
    layer: data.start.layer,
    head: data.start.head,
    view: data.start.view,
    direction: "to",
    from: data.start.words, // indices of words, then of regions behind them; empty for all words
  };

  function decode(base64) {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) {
      bytes[i] = text.charCodeAt(i);
    }
    const view = new DataView(bytes.buffer);
    const weights = new Float32Array(text.length / 2);
    for (let i = 0; i < weights.length; i++) {
      weights[i] = view.getUint16(2 * i, true) / 65535;
    }
    return weights;
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className || "";
    if (text !== undefined) {
      element.textContent = text;
    }
    return element;
  }

  function percent(share) {
    return (share >= 0.0995 ? Math.round(100 * share) : (100 * share).toFixed(1)) + " %";
  }

  function regionName(index) {
    const region = regions[index];
    const picture = data.pictures.length > 1 ? "picture " + (region.picture + 1) + ", " : "";
    return picture + "region " + region.number + (region.label ? " (" + region.label + ")" : "");
  }

  function name(index) {
    return index < words.length
      ? "\u201c" + words[index].text + "\u201d"
      : regionName(index - words.length);
  }

  const textWords = words.map((word, i) => (word.added ? -1 : i)).filter((i) => i >= 0);

  /** Adds what the given words and regions attend to, or what attends to them, averaged. */
  function addRow(sum, weights, begin, share) {
    const from = state.from.length > 0 ? state.from : textWords;
    for (const i of from) {
      for (let j = 0; j < count; j++) {
        const at = state.direction === "to" ? i * count + j : j * count + i;
        sum[j] += (share * weights[begin + at]) / from.length;
      }
    }
  }

  function row(layer, view, head) {
    const sum = new Float64Array(count);
    const size = count * count;
    if (view === "rollout") {
      addRow(sum, rollout, layer * size, 1);
    } else {
      const heads = view === "mean" ? [...Array(data.heads).keys()] : [head];
      heads.forEach((h) => addRow(sum, maps, (layer * data.heads + h) * size, 1 / heads.length));
    }
    return sum;
  }

  function onRegions(weights) {
    let mass = 0;
    let all = 0;
    weights.forEach((weight, i) => {
      all += weight;
      mass += i >= words.length ? weight : 0;
    });
    return all > 0 ? mass / all : 0;
  }

  /** One stop of the Tab key for many buttons, with the arrow keys between them. */
  function rove(container, buttons, columns) {
    let current = 0;
    buttons.forEach((button, i) => {
      button.tabIndex = i === 0 ? 0 : -1;
      button.addEventListener("focus", () => {
        buttons[current].tabIndex = -1;
        current = i;
        button.tabIndex = 0;
      });
    });
    container.addEventListener("keydown", (event) => {
      const steps = {
        ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns,
        Home: -current, End: buttons.length - 1 - current,
      };
      const step = steps[event.key];
      if (step === undefined || !buttons.includes(event.target)) {
        return;
      }
      event.preventDefault();
      const next = current + step;
      if (next >= 0 && next < buttons.length) {
        buttons[next].focus();
      }
    });
  }

  function choose(index) {
    const chosen = state.from.length === 1 && state.from[0] === index;
    state.from = chosen ? [] : [index];
    show();
  }

  const wordButtons = words.map((word, i) => {
    const button = make("button", "word" + (word.added ? " added" : ""), word.text);
    button.type = "button";
    button.addEventListener("click", () => choose(i));
    return button;
  });
  document.getElementById("words").append(...wordButtons);
  rove(document.getElementById("words"), wordButtons, 1);

  const regionButtons = regions.map((region, i) => {
    const button = make("button", region.box ? "region" : "listed");
    button.type = "button";
    button.append(make("span"));
    button.addEventListener("click", () => choose(words.length + i));
    if (region.box) {
      const [left, top, right, bottom] = region.box.map((edge) => Math.min(Math.max(edge, 0), 1));
      button.style.left = 100 * left + "%";
      button.style.top = 100 * top + "%";
      button.style.width = 100 * (right - left) + "%";
      button.style.height = 100 * (bottom - top) + "%";
      button.classList.toggle("upper", top < 0.05);
      button.classList.toggle("right", left > 0.6);
      const area = (right - left) * (bottom - top);
      button.style.zIndex = String(1 + Math.round(1000 * (1 - area))); // small ones stay in reach
    }
    return button;
  });
  document.getElementById("pictures").classList.toggle("two", data.pictures.length > 1);
  data.pictures.forEach((picture, p) => {
    const figure = make("figure");
    const own = regionButtons.filter((_, i) => regions[i].picture === p);
    const boxed = picture.regions.every((region) => region.box);
    const frame = make("div", boxed ? "frame" : "list");
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", "regions of " + picture.source);
    if (picture.image) {
      const image = make("img", picture.width < 400 ? "small" : "");
      image.src = picture.image;
      image.alt = picture.source;
      image.width = picture.width;
      image.height = picture.height;
      (boxed ? frame : figure).append(image);
    } else if (boxed) {
      frame.style.aspectRatio = "1";
    }
    frame.append(...own);
    const unplaced = boxed ? "" : " (where the regions lie is not known)";
    figure.append(frame, make("figcaption", "", picture.source + unplaced));
    document.getElementById("pictures").append(figure);
    rove(frame, own, 1);
  });

  const headButtons = [];
  const grid = document.getElementById("heads");
  grid.style.gridTemplateColumns = "1.4em repeat(" + data.layers + ", minmax(0, 1fr))";
  grid.append(make("span", "axis"));
  for (let layer = 0; layer < data.layers; layer++) {
    grid.append(make("span", "axis", String(layer)));
  }
  for (let head = 0; head < data.heads; head++) {
    grid.append(make("span", "axis", String(head)));
    for (let layer = 0; layer < data.layers; layer++) {
      const button = make("button", "head");
      button.type = "button";
      button.append(make("i"));
      button.addEventListener("click", () => {
        state.layer = layer;
        state.head = head;
        state.view = "head";
        show();
      });
      headButtons.push(button);
      grid.append(button);
    }
  }
  rove(grid, headButtons, data.layers);

  const slider = document.getElementById("layer");
  slider.max = String(data.layers - 1);
  slider.addEventListener("input", () => {
    state.layer = Number(slider.value);
    show();
  });
  const view = document.getElementById("view");
  view.addEventListener("change", () => {
    state.view = view.value;
    show();
  });
  const direction = document.getElementById("direction");
  direction.addEventListener("change", () => {
    state.direction = direction.value;
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      state.from = [];
      show();
    }
  });

  function mark(button, index, weights, most) {
    const chosen = state.from.includes(index);
    button.classList.toggle("chosen", chosen);
    button.setAttribute("aria-pressed", String(chosen));
    button.style.setProperty("--share", String(Math.min(1, weights[index])));
    button.style.setProperty("--rank", String(most > 0 ? weights[index] / most : 0));
    button.setAttribute("aria-label", name(index) + ", " + percent(weights[index]));
    button.title = name(index) + ", " + percent(weights[index]);
  }

  function describe() {
    const source = state.from.length === 0
      ? "The average word"
      : state.from.map(name).join(" ");
    const where = state.view === "rollout"
      ? "in the rollout up to layer " + state.layer
      : state.view === "mean"
        ? "in layer " + state.layer + ", all heads averaged,"
        : "under layer " + state.layer + ", head " + state.head + ",";
    return [source, where];
  }

  function show() {
    const weights = row(state.layer, state.view, state.head);
    const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a] || a - b);
    const ofRegions = order.filter((i) => i >= words.length);
    const most = ofRegions.length > 0 ? weights[ofRegions[0]] : 0;
    const labelled = new Set(ofRegions.slice(0, 3));
    wordButtons.forEach((button, i) => mark(button, i, weights, 0));
    regionButtons.forEach((button, r) => {
      const index = words.length + r;
      mark(button, index, weights, most);
      const chosen = state.from.includes(index);
      const shown = labelled.has(index) || chosen || !regions[r].box;
      const label = regions[r].label ? " " + regions[r].label : "";
      const title = regions[r].box ? String(regions[r].number) : "region " + regions[r].number;
      button.firstChild.textContent = title + label + " " + percent(weights[index]);
      button.firstChild.hidden = !shown;
    });
    headButtons.forEach((button, i) => {
      const layer = i % data.layers;
      const head = Math.floor(i / data.layers);
      const mass = onRegions(row(layer, "head", head));
      const chosen = layer === state.layer && (state.view !== "head" || head === state.head);
      button.firstChild.style.setProperty("--size", String(Math.sqrt(mass)));
      button.classList.toggle("chosen", chosen);
      button.setAttribute("aria-pressed", String(chosen));
      const text = "layer " + layer + ", head " + head + ": " + percent(mass) + " on regions";
      button.setAttribute("aria-label", text);
      button.title = text;
    });
    slider.value = String(state.layer);
    document.getElementById("layer-number").textContent = String(state.layer);
    view.value = state.view;
    direction.value = state.direction;
    const [source, where] = describe();
    document.getElementById("sentence").textContent = state.direction === "to"
      ? source + " " + where + " gives " + percent(onRegions(weights)) + " of its attention to regions" +
        (ofRegions.length > 0 ? ", most to " + name(ofRegions[0]) + "." : ".")
      : source + " " + where + " is attended to most by " + name(order[0]) + ".";
    const body = document.querySelector("#targets tbody");
    body.replaceChildren(...order.slice(0, 8).map((i) => {
      const line = make("tr");
      line.append(make("td", "", name(i)), make("td", "number", percent(weights[i])));
      return line;
    }));
  }

  document.getElementById("title").textContent = data.text;
  document.getElementById("about").textContent = data.about;
  if (data.note) {
    const note = document.getElementById("note");
    note.textContent = data.note;
    note.hidden = false;
  }
  document.getElementById("answers-section").hidden = data.answers.length === 0;
  document.querySelector("#answers tbody").append(...data.answers.map((answer) => {
    const line = make("tr");
    if (answer.about) {
      line.append(make("td", "", answer.about));
    }
    line.append(make("td", "", answer.label), make("td", "number", percent(answer.score)));
    return line;
  }));
  show();
})();
