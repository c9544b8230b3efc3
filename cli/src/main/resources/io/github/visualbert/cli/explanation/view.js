"use strict";
/** Shows an explanation; and what other pages draw as it does: rows with bars, boxes and labels on pictures. */
const explanationView = (() => {
  function make(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className || "";
    if (text !== undefined) {
      element.textContent = text;
    }
    return element;
  }

  /** Returns a row of a table: what it is about, its name, a bar and its share. */
  function line(texts, share, best) {
    const row = make("tr", best ? "best" : "");
    const bar = make("td", "bar");
    bar.append(make("i"));
    bar.firstChild.style.setProperty("--share", String(share));
    row.append(...texts.map((text) => make("td", "", text)), bar, make("td", "number", percent(share)));
    return row;
  }

  function percent(share) {
    return (share >= 0.0995 ? Math.round(100 * share) : (100 * share).toFixed(1)) + " %";
  }

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

  /** Lays an element on its region, given as parts of the picture. */
  function placeBox(element, box) {
    const [left, top, right, bottom] = box.map((edge) => Math.min(Math.max(edge, 0), 1));
    element.style.left = 100 * left + "%";
    element.style.top = 100 * top + "%";
    element.style.width = 100 * (right - left) + "%";
    element.style.height = 100 * (bottom - top) + "%";
    const area = (right - left) * (bottom - top);
    element.style.zIndex = String(1 + Math.round(1000 * (1 - area))); // small ones stay in reach
  }

  /**
   * Writes a label into a box if there is much room, or else above or below it; nowhere where it would lie on one of
   * those that are placed. Returns the label, or null.
   */
  function placeLabel(box, text, className, placed) {
    const frame = box.parentElement;
    const label = make("span", ("label " + className).trim(), text);
    label.setAttribute("aria-hidden", "true");
    frame.append(label);
    const width = Math.ceil(label.getBoundingClientRect().width);
    const height = label.offsetHeight;
    const below = box.offsetTop + box.offsetHeight + 2;
    const inside = box.offsetTop + 5;
    const roomy = width + 10 < box.offsetWidth && 3 * height < box.offsetHeight;
    const left = Math.max(0, Math.min(box.offsetLeft + (roomy ? 5 : 0), frame.clientWidth - width));
    const top = [...(roomy ? [inside] : []), box.offsetTop - height - 2, below, inside].find((y) =>
      y >= 0 && y + height <= frame.clientHeight && !placed.some((other) =>
        other.frame === frame && left < other.left + other.width && other.left < left + width &&
        y < other.top + other.height && other.top < y + height));
    if (top === undefined || width > frame.clientWidth) {
      label.remove(); // it is named elsewhere too
      return null;
    }
    label.style.transform = "translate(" + left + "px, " + top + "px)";
    placed.push({ frame, left, top, width, height });
    return label;
  }

  /**
   * Draws an explanation into a fresh copy of view.html.
   *
   * @param root an element that the copy lies in
   * @param data what ExplanationView writes
   * @returns a function that ends it
   */
  function show(root, data) {
    const find = (id) => root.querySelector("#" + id);
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

    function regionName(index) {
      const region = regions[index];
      const picture = data.pictures.length > 1 ? "picture " + (region.picture + 1) + ", " : "";
      return picture + "region " + region.number + (region.label ? " (" + region.label + ")" : "");
    }

    function name(index) {
      if (index >= words.length) {
        return regionName(index - words.length);
      }
      const same = [...words.keys()].filter((i) => words[i].text === words[index].text);
      const which = same.length > 1 ? " (" + (same.indexOf(index) + 1) + " of " + same.length + ")" : "";
      return "\u201c" + words[index].text + "\u201d" + which;
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

    function choose(index) {
      const chosen = state.from.length === 1 && state.from[0] === index;
      state.from = chosen ? [] : [index];
      draw();
    }

    const wordButtons = words.map((word, i) => {
      const button = make("button", "word" + (word.added ? " added" : ""), word.text);
      button.type = "button";
      button.addEventListener("click", () => choose(i));
      return button;
    });
    find("words").append(...wordButtons);
    rove(find("words"), wordButtons, 1);

    const regionButtons = regions.map((region, i) => {
      const button = make("button", region.box ? "region" : "listed");
      button.toggleAttribute("data-on-picture", Boolean(region.box));
      button.type = "button";
      button.addEventListener("click", () => choose(words.length + i));
      if (region.box) {
        placeBox(button, region.box);
      }
      return button;
    });
    const sizes = new ResizeObserver(() => draw());
    find("pictures").classList.toggle("two", data.pictures.length > 1);
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
        image.classList.toggle("as-stored", Boolean(picture.asStored));
        frame.style.setProperty("--aspect", String(picture.width / picture.height));
        (boxed ? frame : figure).append(image);
      } else if (boxed) {
        frame.style.aspectRatio = "1";
      }
      frame.append(...own);
      figure.append(frame);
      if (boxed) {
        sizes.observe(frame);
      }
      if (!boxed || data.pictures.length > 1) {
        const number = data.pictures.length > 1 ? "picture " + (p + 1) + ": " : "";
        const unplaced = boxed ? "" : "; where the regions lie is not known";
        figure.append(make("figcaption", "", number + picture.source + unplaced));
      }
      find("pictures").append(figure);
      rove(frame, own, 1);
    });

    const headButtons = [];
    const grid = find("heads");
    grid.style.gridTemplateColumns = "1rem repeat(" + data.layers + ", minmax(0, 40px))";
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
          draw();
        });
        headButtons.push(button);
        grid.append(button);
      }
    }
    rove(grid, headButtons, data.layers);

    const slider = find("layer");
    slider.max = String(data.layers - 1);
    slider.addEventListener("input", () => {
      state.layer = Number(slider.value);
      draw();
    });
    const view = find("view");
    view.addEventListener("change", () => {
      state.view = view.value;
      draw();
    });
    const direction = find("direction");
    direction.addEventListener("change", () => {
      state.direction = direction.value;
      draw();
    });
    const end = new AbortController();
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        state.from = [];
        draw();
      }
    }, { signal: end.signal });

    function mark(button, index, weights, most) {
      const chosen = state.from.includes(index);
      button.classList.toggle("chosen", chosen);
      button.setAttribute("aria-pressed", String(chosen));
      button.style.setProperty("--share", String(Math.min(1, weights[index])));
      button.style.setProperty("--rank", String(most > 0 ? weights[index] / most : 0));
      button.setAttribute("aria-label", name(index) + ", " + percent(weights[index]));
      button.title = name(index) + ", " + percent(weights[index]);
    }

    function shortName(r, weights) {
      const number = regions[r].box ? String(regions[r].number) : "region " + regions[r].number;
      const label = regions[r].label ? " " + regions[r].label : "";
      return number + label + " " + percent(weights[words.length + r]);
    }

    /** Names the chosen region and the three with most. */
    function placeLabels(order, weights) {
      root.querySelectorAll(".label").forEach((label) => label.remove());
      const chosen = state.from.filter((i) => i >= words.length);
      const placed = [];
      for (const index of new Set([...order.slice(0, 3), ...chosen])) {
        const r = index - words.length;
        if (!regions[r].box) {
          return;
        }
        placeLabel(regionButtons[r], shortName(r, weights), index === order[0] ? "first" : "", placed);
      }
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

    function draw() {
      const weights = row(state.layer, state.view, state.head);
      const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a] || a - b);
      const ofRegions = order.filter((i) => i >= words.length);
      const most = ofRegions.length > 0 ? weights[ofRegions[0]] : 0;
      wordButtons.forEach((button, i) => mark(button, i, weights, 0));
      regionButtons.forEach((button, r) => {
        mark(button, words.length + r, weights, most);
        if (!regions[r].box) {
          button.textContent = shortName(r, weights);
        }
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
      find("layer-number").textContent = String(state.layer);
      view.value = state.view;
      direction.value = state.direction;
      const [source, where] = describe();
      find("sentence").textContent = state.direction === "to"
        ? source + " " + where + " gives " + percent(onRegions(weights)) + " of its attention to regions" +
          (ofRegions.length > 0 ? ", most to " + name(ofRegions[0]) + "." : ".")
        : source + " " + where + " is attended to most by " + name(order[0]) + ".";
      const body = find("targets").tBodies[0];
      body.replaceChildren(...order.slice(0, 8).map((i) => line([name(i)], weights[i], i === order[0])));
      placeLabels(ofRegions, weights);
    }

    if (data.note) {
      const note = find("note");
      note.textContent = data.note;
      note.hidden = false;
    }
    find("answers-section").hidden = data.answers.length === 0;
    find("answers").tBodies[0].append(...data.answers.map((answer, i) => {
      const best = i === 0 || answer.about !== data.answers[i - 1].about;
      return line(answer.about ? [answer.about, answer.label] : [answer.label], answer.score, best);
    }));
    draw();
    return () => {
      end.abort();
      sizes.disconnect();
    };
  }

  return { show, make, line, percent, rove, placeBox, placeLabel };
})();
