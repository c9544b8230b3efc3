"use strict";
(() => {
  const { make, percent, rove, placeBox, placeLabel } = explanationView;
  const find = (id) => document.getElementById(id);
  const TOKEN = "visualbert.token"; // in the tab's storage, which ends with it
  const TASKS = {
    vqa: { title: "question", fields: [["question", "Question"]],
      examples: [{ question: "what is the colour of the ring?" }, { question: "how many hearts are there?" }, { question: "what is the large red thing?" }] },
    nlvr2: { title: "statement about two pictures", fields: [["statement", "Statement"]],
      examples: [{ statement: "one has a heart." }, { statement: "there are more rings on the left." }] },
    vcr: { title: "question with choices", fields: [["question", "Question"], ["choices", "Choices, one a line"]],
      examples: [{ question: "what is orange?", choices: "a ring.\na heart.\na square.\na circle." }] },
    flickr: { title: "phrases of a caption", fields: [["caption", "Caption"], ["phrases", "Phrases of it, one a line"]],
      examples: [{ caption: "a small blue circle and an orange heart.", phrases: "a small blue circle\nan orange heart" }] },
    pretrain: { title: "text with gaps", fields: [["text", "Text, with [MASK] for each gap"]],
      examples: [{ text: "a small blue [MASK] and an orange heart." }] },
    encode: { title: "text to encode", fields: [["text", "Text"]], examples: [] },
  };
  const LISTS = ["choices", "phrases"];

  let models = [];
  let scenes = [];
  let slots = []; // the pictures that are asked about
  let active = 0; // the slot that the next picture goes to
  let endView = () => {};
  let texts = {}; // what was typed, by field: it stays when the model changes

  /** What the service says is wrong, as its problem+json has it. */
  class Problem extends Error {
    constructor(body) {
      super(body.detail);
      Object.assign(this, body);
    }
  }

  async function send(path, options = {}) {
    const token = sessionStorage.getItem(TOKEN);
    const headers = { ...options.headers, ...(token ? { Authorization: "Bearer " + token } : {}) };
    let response;
    try {
      response = await fetch(path, { ...options, headers });
    } catch {
      throw new Problem({ title: "No answer", detail: "the service cannot be reached", code: "unreachable" });
    }
    const body = await response.json().catch(() => ({ title: "No answer", detail: "status " + response.status }));
    if (!response.ok) {
      throw new Problem(body);
    }
    return body;
  }

  function say(problem) {
    const place = find("problem");
    place.hidden = !problem;
    place.replaceChildren();
    if (problem) {
      place.append(make("strong", "", problem.title || "Something is wrong"), problem.message);
      if (problem.code === "unauthorized") {
        sessionStorage.removeItem(TOKEN);
        askToken();
      }
    }
  }

  function askToken() {
    find("token-form").hidden = false;
    find("main").hidden = true;
    find("token").value = "";
    find("token").focus();
  }

  async function start() {
    let page;
    try {
      page = await send("/assets/page.json");
    } catch (problem) {
      if (problem.code === "unauthorized" && !sessionStorage.getItem(TOKEN)) {
        askToken(); // nothing is wrong yet
      } else {
        say(problem);
      }
      return;
    }
    say(null);
    find("token-form").hidden = true;
    find("main").hidden = false;
    models = page.models;
    scenes = page.pictures;
    find("model").replaceChildren(...models.map((model) => {
      const option = make("option", "", model.name + ": " + TASKS[model.task].title);
      option.value = model.name;
      return option;
    }));
    find("model-row").hidden = models.length < 2;
    drawScenes();
    chooseModel();
  }

  const model = () => models[find("model").selectedIndex];

  function chooseModel() {
    const count = model().pictures;
    while (slots.length < count) {
      slots.push({});
    }
    slots.length = count;
    active = Math.max(0, slots.findIndex((slot) => !slot.id));
    find("fields").replaceChildren(...TASKS[model().task].fields.map(([name, label]) => {
      const row = make("div");
      const input = make(LISTS.includes(name) ? "textarea" : "input");
      input.id = "field-" + name;
      input.autocomplete = "off";
      input.required = true;
      input.value = texts[name] || "";
      input.addEventListener("input", () => {
        texts[name] = input.value;
      });
      if (LISTS.includes(name)) {
        input.rows = 4;
      }
      const title = make("label", "", label);
      title.htmlFor = input.id;
      row.append(title, input);
      return row;
    }));
    clearAnswer();
    drawExamples();
    drawSlots();
    slots.filter((slot) => slot.id).forEach(look);
  }

  function drawExamples() {
    const demo = slots.every((slot) => scenes.includes(slot.name));
    const examples = demo ? TASKS[model().task].examples : [];
    find("examples").replaceChildren(...examples.map((example) => {
      const button = make("button", "", Object.values(example)[0]);
      button.type = "button";
      button.addEventListener("click", () => {
        Object.assign(texts, example);
        Object.keys(example).forEach((name) => {
          find("field-" + name).value = example[name];
        });
        ask();
      });
      return button;
    }));
  }

  function drawScenes() {
    const buttons = scenes.map((name) => {
      const button = make("button");
      button.type = "button";
      const image = make("img");
      image.src = "/assets/pictures/" + encodeURIComponent(name);
      image.alt = name;
      button.append(image);
      button.addEventListener("click", async () => {
        const response = await fetch(image.src);
        take(await response.blob(), name);
      });
      return button;
    });
    find("scenes").replaceChildren(...buttons);
    rove(find("scenes"), buttons, 1);
  }

  function clearAnswer() {
    endView();
    endView = () => {};
    ["said", "evidence", "more", "answer"].forEach((id) => find(id).replaceChildren());
    find("pictures-asked").hidden = false;
    find("hint").hidden = true;
    find("state").textContent = slots.every((slot) => slot.id) ? "" : "First a scene, or a picture of yours.";
  }

  /** Draws the pictures with all their regions, as long as no answer says which of them count. */
  function drawSlots() {
    const place = find("pictures-asked");
    place.className = slots.length > 1 ? "two" : "";
    place.replaceChildren(...slots.map((slot, i) => {
      const figure = make("figure", "slot");
      if (slot.url) {
        const frame = make("div", "frame" + (slot.looking ? " looking" : ""));
        const image = make("img", slot.width < 400 ? "small" : "");
        image.src = slot.url;
        image.alt = slot.name;
        image.width = slot.width;
        image.height = slot.height;
        image.classList.toggle("as-stored", Boolean(slot.asStored));
        frame.style.setProperty("--aspect", String(slot.width / slot.height));
        frame.append(image);
        figure.append(frame);
        sizes.observe(frame);
      } else {
        const empty = make("button", "empty" + (i === active ? " active" : ""));
        empty.type = "button";
        empty.append(make("strong", "", "Drop a picture here"), make("span", "hint", "or click to choose one"));
        empty.addEventListener("click", () => {
          active = i;
          find("file").click();
        });
        figure.append(empty);
      }
      if (slots.length > 1) {
        const name = make("button", "slot-name", "picture " + (i + 1) + (slot.name ? ": " + slot.name : ""));
        name.type = "button";
        name.title = "the next picture goes here";
        name.setAttribute("aria-pressed", String(i === active));
        name.addEventListener("click", () => {
          active = i;
          drawSlots();
          find("pictures-asked").querySelectorAll(".slot-name")[i].focus();
        });
        figure.append(name);
      }
      return figure;
    }));
    drawRegions();
    [...find("scenes").children].forEach((button, i) => {
      button.setAttribute("aria-pressed", String(slots.some((slot) => slot.name === scenes[i])));
    });
    find("submit").disabled = !slots.every((slot) => slot.id);
  }

  const sizes = new ResizeObserver(() => drawRegions());

  function drawRegions() {
    find("pictures-asked").querySelectorAll(".frame").forEach((frame) => {
      const slot = slots.find((each) => each.url === frame.querySelector("img").getAttribute("src"));
      frame.querySelectorAll(".seen, .label").forEach((old) => old.remove());
      const placed = [];
      const boxes = ((slot && slot.regions) || []).map((region) => {
        const box = make("div", "seen");
        const [left, top, right, bottom] = region.box;
        placeBox(box, [left / slot.width, top / slot.height, right / slot.width, bottom / slot.height]);
        frame.append(box);
        return box;
      });
      boxes.forEach((box, i) => {
        const { object, attribute } = slot.regions[i];
        if (object) {
          placeLabel(box, (attribute ? attribute + " " : "") + object, "", placed);
        }
      });
    });
  }

  /** Takes a picture into the active slot: sends it, and looks for its regions. */
  async function take(blob, name) {
    const i = active;
    const slot = { blob, name };
    URL.revokeObjectURL(slots[i].url);
    slots[i] = slot;
    clearAnswer();
    say(null);
    drawExamples();
    drawSlots();
    find("state").textContent = "Sending the picture\u2026";
    try {
      await upload(slot);
    } catch (problem) {
      if (slots[i] === slot) {
        slots[i] = {};
        drawSlots();
        find("state").textContent = "";
        say(problem);
      }
      return;
    }
    if (slots[i] !== slot) {
      return; // another came meanwhile
    }
    slot.url = URL.createObjectURL(blob);
    const empty = slots.findIndex((each) => !each.url);
    active = empty >= 0 ? empty : (i + 1) % slots.length;
    await look(slot);
  }

  async function upload(slot) {
    const known = ["image/png", "image/jpeg"].includes(slot.blob.type);
    const type = known ? slot.blob.type : "application/octet-stream";
    const kept = await send("/v1/pictures", { method: "POST", headers: { "Content-Type": type }, body: slot.blob });
    Object.assign(slot, kept);
  }

  async function look(slot) {
    const asked = model().name;
    slot.looking = true;
    slot.regions = [];
    drawSlots();
    find("state").textContent = "Looking for regions\u2026";
    let problem = null;
    try {
      const seen = await again([slot], () => send("/v1/pictures/" + slot.id + "/regions?model=" + encodeURIComponent(asked)));
      Object.assign(slot, { regions: seen.regions, width: seen.width, height: seen.height, asStored: seen.as_stored });
    } catch (e) {
      problem = e;
    }
    if (!slots.includes(slot) || model().name !== asked) {
      return;
    }
    slot.looking = false;
    drawSlots();
    if (problem) {
      say(problem);
    }
    const found = slot.regions.length;
    find("state").textContent = problem ? "" : found === 1 ? "1 region found." : found + " regions found.";
  }

  /** Sends pictures again when the service has forgotten them. */
  async function again(pictures, request) {
    try {
      return await request();
    } catch (problem) {
      if (problem.code !== "picture_unknown") {
        throw problem;
      }
      await Promise.all(pictures.map(upload));
      return request();
    }
  }

  function question(grounding) {
    const json = { model: model().name, grounding };
    TASKS[model().task].fields.forEach(([name]) => {
      const text = find("field-" + name).value;
      json[name] = LISTS.includes(name) ? text.split("\n").map((each) => each.trim()).filter((each) => each) : text;
    });
    if (slots.length > 1) {
      json.images = slots.map((slot) => slot.id);
    } else {
      json.image = slots[0].id;
    }
    return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(json) };
  }

  async function ask() {
    if (find("submit").disabled) {
      return;
    }
    const pictures = [...slots];
    const asked = model();
    say(null);
    clearAnswer();
    find("submit").disabled = true;
    find("state").textContent = "Asking\u2026";
    try {
      let reply;
      try {
        reply = await again(pictures, () => send("/v1/answers", question(asked.grounding && "view")));
      } catch (problem) {
        if (problem.field !== "/grounding") {
          throw problem;
        }
        reply = await send("/v1/answers", question(false)); // the answer at least
      }
      if (asked === model() && pictures.every((slot, i) => slot === slots[i])) {
        show(reply);
      }
      find("state").textContent = "";
    } catch (problem) {
      find("state").textContent = "";
      say(problem);
    }
    find("submit").disabled = !slots.every((slot) => slot.id);
  }

  /** Returns the answers, each with the part of the text that it is about, if there are parts. */
  function answers(reply) {
    return (reply.answers || []).flatMap((answer) =>
      answer.answers ? answer.answers.map((each) => ({ about: answer.phrase, ...each })) : [answer]);
  }

  function show(reply) {
    const view = find("view-template").content.cloneNode(true);
    const shown = reply.grounding ? reply.grounding.answers : answers(reply);
    if (reply.grounding) {
      reply.grounding.pictures.forEach((picture, i) => {
        picture.source = slots[i].name;
        picture.image = slots[i].url;
        picture.width = reply.pictures[i].width;
        picture.height = reply.pictures[i].height;
        picture.asStored = slots[i].asStored;
      });
      find("said").append(view.querySelector(".text"), view.querySelector(".regions"));
      find("more").append(view.querySelector(".side > :last-child")); // layers and heads belong to the picture
      find("evidence").append(view.querySelector(".side"));
      find("hint").hidden = false;
      find("pictures-asked").hidden = true;
      endView = explanationView.show(find("main"), reply.grounding);
    } else {
      const card = view.querySelector(".answers");
      find("evidence").append(card);
      card.querySelector("tbody").append(...shown.map((answer, i) => explanationView.line([answer.label], answer.score, i === 0)));
    }
    const best = shown.filter((answer, i) => i === 0 || answer.about !== shown[i - 1].about);
    find("answer").replaceChildren(...best.map((answer) => {
      const line = make("span", best.length > 1 ? "several" : "");
      if (answer.about) {
        line.append(make("span", "about", answer.about));
      }
      line.append(answer.label, make("small", "", percent(answer.score)));
      return line;
    }));
  }

  find("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(TOKEN, find("token").value.trim());
    start();
  });
  find("model").addEventListener("change", chooseModel);
  find("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  find("choose").addEventListener("click", () => find("file").click());
  find("file").addEventListener("change", () => {
    const [file] = find("file").files;
    if (file) {
      take(file, file.name);
    }
    find("file").value = ""; // so that the same file can be chosen again
  });
  const dropped = (event, files) => {
    const [file] = files;
    if (file && !find("main").hidden) {
      event.preventDefault();
      take(file, file.name);
    }
  };
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    document.body.classList.toggle("dropping", event.relatedTarget !== null);
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    dropped(event, event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => dropped(event, event.clipboardData.files));
  start();
})();
