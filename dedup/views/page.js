(() => {
  const texts = [...document.querySelectorAll("article")];
  const tools = document.querySelector(".tools");
  const all = [...document.querySelectorAll("[data-p]")];
  const byPassage = new Map();
  for (const element of all) {
    const group = byPassage.get(element.dataset.p) ?? [];
    group.push(element);
    byPassage.set(element.dataset.p, group);
  }
  const numbers = [...byPassage.keys()].sort((one, two) => one - two);
  const pressed = new Set();
  let lit = null;
  let pinned = null;

  document.documentElement.classList.add("live");

  const sentence = (number, side) => document.getElementById(side + number);
  const sideOf = (element) => element.closest("article").id;
  const other = (side) => (side === "a" ? "b" : "a");

  function light(number) {
    if (number === lit) return;
    for (const element of byPassage.get(lit) ?? []) element.classList.remove("lit");
    for (const element of byPassage.get(number) ?? []) element.classList.add("lit");
    lit = number;
  }

  function pin(number) {
    for (const element of byPassage.get(pinned) ?? []) element.classList.remove("pinned");
    for (const element of byPassage.get(number) ?? []) element.classList.add("pinned");
    pinned = number;
    light(number);
  }

  /** Move the focus to a passage, which lights it, and bring its partner level with it. */
  function go(number, side) {
    const target = sentence(number, side) ?? sentence(number, other(side));
    if (!target) return;
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
    pair(target);
  }

  function pair(element) {
    const partner = sentence(element.dataset.p, other(sideOf(element)));
    if (partner) level(element, partner);
  }

  function step(by) {
    const shown = numbers.filter((number) => matches(number));
    const here = document.activeElement?.closest?.(".s");
    const side = here ? sideOf(here) : "b";
    const from = here?.dataset.p ?? pinned;
    const next = from === null || from === undefined
      ? (by > 0 ? shown[0] : shown[shown.length - 1])
      : by > 0
        ? shown.find((number) => number - from > 0)
        : shown.findLast((number) => number - from < 0);
    if (next !== undefined) go(next, side);
  }

  function matches(number) {
    if (pressed.size === 0) return true;
    const classes = document.getElementById("h" + number).parentElement.classList;
    return [...pressed].some((name) => classes.contains(name));
  }

  function filter() {
    for (const number of numbers) {
      const off = !matches(number);
      for (const element of byPassage.get(number)) element.classList.toggle("off", off);
    }
    const shown = numbers.filter((number) => matches(number)).length;
    document.getElementById("status").textContent = `${shown} of ${numbers.length} passages shown`;
  }

  function press(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    return on;
  }

  document.addEventListener("pointerover", (event) => {
    const element = event.target.closest("[data-p]");
    light(element ? element.dataset.p : pinned);
  });

  document.addEventListener("focusin", (event) => {
    const element = event.target.closest(".s");
    if (element) pin(element.dataset.p);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) {
      const on = press(button);
      if (button.dataset.filter) {
        pressed[on ? "add" : "delete"](button.dataset.filter);
        filter();
      } else {
        document.body.classList.toggle("words-on", on);
      }
      return;
    }
    const element = event.target.closest("[data-p]");
    if (!element) return;
    const link = event.target.closest("a[href^='#']");
    if (link) event.preventDefault();
    if (element.matches(".s")) {
      const side = sideOf(element);
      if (event.detail === 0) go(element.dataset.p, other(side)); // by key
      else {
        sentence(element.dataset.p, side).focus({ preventScroll: true });
        pair(element);
      }
    } else if (link || element.matches("svg *")) {
      go(element.dataset.p, "b");
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inText = event.target.closest?.(".s");
    const by = { j: 1, k: -1, ArrowDown: inText && 1, ArrowUp: inText && -1 }[event.key];
    if (by) {
      event.preventDefault();
      step(by);
    } else if (event.key === "Escape") {
      document.activeElement?.blur?.();
      pin(null);
    }
  });

  /** Frame the parts of the texts in the small drawing that the window shows. */
  function frame() {
    const covered = Math.max(tools.getBoundingClientRect().bottom, 0);
    for (const text of texts) {
      const part = document.getElementById(`window-${text.id}`);
      const { top, height } = text.getBoundingClientRect();
      const share = (y) => Math.min(Math.max((y - top) / height, 0), 1) * part.dataset.whole / 10;
      part.style.top = `${share(covered)}%`;
      part.style.height = `${share(innerHeight) - share(covered)}%`;
    }
  }
  addEventListener("scroll", frame, { passive: true });
  addEventListener("resize", frame);
  frame();
})();
