
"use strict";
(() => {
  const HOVER_DELAY = 140; // ms; a pointer on its way elsewhere should not set the other text moving
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const panes = [...document.querySelectorAll(".pane")];
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
  let timer = 0;

  document.documentElement.classList.add("live");

  const sentence = (number, side) => document.getElementById(side + number);
  const paneOf = (element) => element.closest(".pane");
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

  /** Whether an article has a pane of its own to scroll in; on a narrow screen it has none. */
  const scrolls = (pane) => getComputedStyle(pane).overflowY !== "visible";

  /** The part of a pane that the window shows, between its heading and its end. */
  function visible(pane) {
    const covers = [pane.querySelector("h2"), tools];
    const top = Math.max(...covers.map((cover) => cover.getBoundingClientRect().bottom));
    return { top, bottom: Math.min(pane.getBoundingClientRect().bottom, innerHeight) };
  }

  /** Bring a sentence into view by scrolling its own pane; the page stays where it is. */
  function reveal(element) {
    if (!element || !scrolls(paneOf(element))) return;
    const { top, bottom } = visible(paneOf(element));
    const box = element.getBoundingClientRect();
    if (box.top >= top && box.bottom <= bottom) return;
    const by = (box.top + box.bottom - top - bottom) / 2;
    paneOf(element).scrollBy({ top: by, behavior: still.matches ? "auto" : "smooth" });
  }

  function revealBoth(number) {
    reveal(sentence(number, "a"));
    reveal(sentence(number, "b"));
  }

  /** Move the focus to a passage, which lights it, and bring it and its partner into view. */
  function go(number, side) {
    const target = sentence(number, side) ?? sentence(number, other(side));
    if (!target) return;
    const pane = paneOf(target);
    if (scrolls(pane)) pane.scrollIntoView({ block: "nearest" });
    else target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  }

  function step(by) {
    const shown = numbers.filter((number) => matches(number));
    const here = document.activeElement?.closest?.(".s");
    const side = here && paneOf(here).id === "pane-a" ? "a" : "b";
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
    clearTimeout(timer);
    light(element ? element.dataset.p : pinned);
    if (!element || event.pointerType !== "mouse") return;
    const here = paneOf(element);
    timer = setTimeout(() => {
      for (const side of ["a", "b"]) {
        const target = sentence(element.dataset.p, side);
        if (target && here && paneOf(target) !== here) reveal(target);
      }
    }, HOVER_DELAY);
  });

  document.addEventListener("focusin", (event) => {
    const element = event.target.closest(".s");
    if (!element) return;
    pin(element.dataset.p);
    revealBoth(element.dataset.p);
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
      const pane = paneOf(element);
      const side = pane.id === "pane-a" ? "a" : "b";
      const byKey = event.detail === 0;
      if (byKey || !scrolls(pane)) go(element.dataset.p, other(side));
      else sentence(element.dataset.p, side).focus({ preventScroll: true });
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

  /** Frame the part of a text in the small drawing that its pane shows. */
  function frame(pane) {
    const part = document.getElementById(pane.id.replace("pane", "window"));
    const whole = pane.querySelector("article")?.offsetHeight;
    if (!whole) return;
    const top = Math.min(pane.scrollTop / whole, 1);
    const height = Math.min(pane.clientHeight / whole, 1 - top);
    part.setAttribute("y", String(1000 * top));
    part.setAttribute("height", String(1000 * height));
  }
  for (const pane of panes) {
    pane.addEventListener("scroll", () => frame(pane), { passive: true });
    frame(pane);
  }
  addEventListener("resize", () => panes.forEach(frame));
})();
