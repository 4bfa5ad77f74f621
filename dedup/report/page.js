(() => {
  const PER_PAGE = 50; // a page of the list that is drawn at once however many clusters there are
  const SEARCH_DELAY = 120; // ms after the last key
  const ID = 0, TITLE = 1, DATE = 2, SOURCE = 3, URL = 4, ARRIVAL = 5, OPENING = 6, VERDICT = 7, PROBABILITY = 8, JACCARD = 9, COMPARISON = 10;
  const holder = document.getElementById("data");
  const data = JSON.parse(holder.textContent);
  const byId = (name) => document.getElementById(name);
  const list = byId("list");
  const alphabet = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const figure = new Intl.NumberFormat("en");

  const undatedLast = (one, two) => (one === two ? 0 : !one ? 1 : !two ? -1 : null);

  const clusters = data.clusters.map(read);
  // What only a search, an order or a filter asks for is not worked out for thousands of clusters
  // before the page shows.
  const textOf = remembered((cluster) => cluster.articles.flatMap((article) => [article[ID], article[TITLE], article[OPENING], article[SOURCE]]).join("\n").toLowerCase());
  const sourcesOf = remembered((cluster) => new Set(cluster.inTime.map((article) => article[SOURCE]).filter(Boolean)));
  const verdictsOf = remembered((cluster) => new Set(cluster.articles.slice(1).map((article) => data.verdicts[article[VERDICT]])));
  const doubtOf = remembered((cluster) => Math.min(...cluster.articles.slice(1).map((article) => Math.abs(article[PROBABILITY] - 0.5))));
  const controls = Object.fromEntries(["search", "verdict", "source", "size", "order"].map((name) => [name, byId(name)]));
  let chosen = clusters;
  let page = 0;
  let flow = null;

  function read([id, first, articles]) {
    const inTime = [...articles].sort((one, two) => undatedLast(one[DATE], two[DATE]) ?? (one[DATE] < two[DATE] ? -1 : 1));
    let newest = "";
    for (const article of inTime) newest = article[DATE] || newest;
    return { id, first, articles, inTime, newest, oldest: inTime[0][DATE] };
  }

  /** Work out a property of a cluster when it is first asked for. */
  function remembered(work) {
    const known = new Map();
    return (cluster) => {
      if (!known.has(cluster)) known.set(cluster, work(cluster));
      return known.get(cluster);
    };
  }

  /** Make an element; strings become text, so that nothing in an article is taken for markup. */
  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  const label = (article) => article[TITLE] || article[OPENING] || article[ID];

  /** What an article is listed by: its title, or its first words with its id beside. */
  const title = (article) => make("span", { class: article[OPENING] ? "title opening" : "title", dir: "auto" },
    label(article), " ", article[OPENING] ? make("small", { dir: "auto" }, article[ID]) : "");

  const spread = (cluster) => (cluster.oldest ? Date.parse(cluster.newest.slice(0, 10)) - Date.parse(cluster.oldest.slice(0, 10)) : -1);
  const orders = {
    size: (one, two) => two.articles.length - one.articles.length,
    newest: (one, two) => undatedLast(one.newest, two.newest) ?? (one.newest < two.newest ? 1 : -1),
    oldest: (one, two) => undatedLast(one.oldest, two.oldest) ?? (one.oldest < two.oldest ? -1 : 1),
    spread: (one, two) => spread(two) - spread(one),
    doubtful: (one, two) => doubtOf(one) - doubtOf(two),
    title: (one, two) => alphabet.compare(label(one.articles[0]), label(two.articles[0])),
  };

  function choose() {
    const words = controls.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = controls.verdict.value, source = controls.source.value;
    const size = Number(controls.size.value) || 0;
    chosen = clusters.filter((cluster) =>
      cluster.articles.length >= size &&
      (!verdict || verdictsOf(cluster).has(verdict)) &&
      (!source || sourcesOf(cluster).has(source)) &&
      (!flow || (cluster.first === flow.first && cluster.articles.some((article) => article[SOURCE] === flow.later && article[DATE]))) &&
      words.every((word) => textOf(cluster).includes(word)));
    chosen.sort((one, two) => orders[controls.order.value](one, two) || one.id - two.id);
    page = 0;
    draw();
  }

  function draw() {
    const start = page * PER_PAGE;
    list.replaceChildren(...chosen.slice(start, start + PER_PAGE).map(item));
    const stories = chosen.length === 1 ? "story" : "stories";
    byId("found").textContent = chosen.length === clusters.length
      ? `${figure.format(chosen.length)} ${stories}` : `${figure.format(chosen.length)} of ${figure.format(clusters.length)} stories`;
    const pages = Math.ceil(chosen.length / PER_PAGE);
    byId("pages").hidden = pages < 2;
    const last = Math.min(start + PER_PAGE, chosen.length);
    byId("where").textContent = `Stories ${figure.format(start + 1)} to ${figure.format(last)}`;
    byId("back").disabled = page === 0;
    byId("on").disabled = page + 1 >= pages;
  }

  function turn(by) {
    page += by;
    draw();
    byId("stories-title").scrollIntoView();
  }

  /** Name sources, each in its own direction, with words of the page between them. */
  const bdi = (source) => make("bdi", {}, source);

  function origin(cluster) {
    const [first, ...others] = [...sourcesOf(cluster)].map(bdi);
    if (!first) return [];
    const more = others.length > 2 ? [` and ${others.length - 2} more`] : [];
    const second = others.slice(0, 2).flatMap((other, at) => [at ? ", " : cluster.first ? " first, then " : ", ", other]);
    return [first, ...second, ...more];
  }

  function item(cluster) {
    const lead = cluster.articles[0];
    const dates = [...new Set([cluster.oldest.slice(0, 10), cluster.newest.slice(0, 10)])].join(" to ");
    const named = origin(cluster);
    const details = make("details", {},
      make("summary", {},
        make("b", { class: "size", title: "articles" }, cluster.apart ? "" : figure.format(cluster.articles.length)),
        make("span", {}, ...(cluster.apart ? cluster.articles : [lead]).map(title)),
        make("span", { class: "tags" }, ...data.verdicts.filter((verdict) => verdictsOf(cluster).has(verdict)).map((verdict) => make("span", { class: `tag ${verdict}` }, verdict))),
        make("span", { class: "about" }, ...named, named.length && dates ? " · " : "", dates)));
    const fill = () => { if (details.children.length === 1) details.append(members(cluster)); };
    details.addEventListener("toggle", () => { if (details.open) fill(); });
    const places = cluster.articles.map((article) => article[COMPARISON]).filter((place) => place >= 0);
    if (!places.length) return make("li", {}, details);
    const place = Math.min(...places);
    if (place >= data.in_page) return make("li", {}, details, elsewhere(place));
    const compare = make("button", { type: "button" }, "Side by side");
    compare.addEventListener("click", () => {
      fill();
      details.open = true;
      const first = details.querySelector("button");
      first.focus();
      first.click();
    });
    return make("li", {}, details, compare);
  }

  /** Lead to a pair that this page has no room for. */
  const elsewhere = (place) => make("a", { class: "button", href: `pairs-${Math.floor(place / data.in_page) + 1}.html#pair-${place}` }, "Side by side");

  function members(cluster) {
    const body = make("tbody");
    const room = make("div", { class: "room" });
    watch(room);
    for (const article of cluster.inTime) body.append(row(cluster, article, room));
    const head = ["Verdict", "Article", "Source", "Date (UTC)", "Came", "Probability", "Jaccard", "Texts"];
    return make("div", { class: "opened" },
      make("table", { class: "plain" }, make("thead", {}, make("tr", {}, ...head.map((name) => make("th", { scope: "col" }, name)))), body),
      room);
  }

  function row(cluster, article, room) {
    const isMember = article !== cluster.articles[0];
    const isWeb = /^https?:\/\//i.test(article[URL]);
    const heading = isWeb
      ? make("a", { href: article[URL], rel: "noreferrer noopener", target: "_blank", dir: "auto" }, label(article)) : make("span", { dir: "auto" }, label(article));
    const verdict = isMember ? data.verdicts[article[VERDICT]] : cluster.apart ? "" : "representative";
    const scores = isMember ? [article[PROBABILITY].toFixed(2), article[JACCARD].toFixed(2)] : ["", ""];
    let compare = null;
    if (isMember && article[COMPARISON] >= data.in_page) compare = elsewhere(article[COMPARISON]);
    else if (isMember && article[COMPARISON] >= 0) {
      compare = make("button", { type: "button", "aria-expanded": "false" }, "Side by side");
      compare.addEventListener("click", () => toggleSides(compare, article, room));
    }
    return make("tr", {},
      make("td", {}, make("span", { class: `tag ${verdict}` }, verdict)),
      make("td", {}, heading, make("small", { dir: "auto" }, label(article) === article[ID] ? "" : article[ID])),
      make("td", { dir: "auto" }, article[SOURCE]), make("td", { class: "date" }, article[DATE]), make("td", { class: article[ARRIVAL] === "first" ? "date first" : "date" }, article[ARRIVAL]),
      make("td", { class: "n", "data-label": "Probability" }, scores[0]), make("td", { class: "n", "data-label": "Jaccard" }, scores[1]),
      make("td", {}, compare));
  }

  function toggleSides(button, article, room) {
    const open = button.getAttribute("aria-expanded") === "true";
    for (const other of room.parentElement.querySelectorAll("button[aria-expanded]")) other.setAttribute("aria-expanded", "false");
    room.replaceChildren();
    if (open) return;
    button.setAttribute("aria-expanded", "true");
    room.append(byId(`pair-${article[COMPARISON]}`).content.cloneNode(true));
  }

  function followFlow(chosenFlow) {
    flow = chosenFlow;
    const line = byId("flow");
    line.hidden = !flow;
    line.replaceChildren();
    if (flow) {
      const clear = make("button", { type: "button" }, "Show all");
      clear.addEventListener("click", () => followFlow(null));
      line.append(`Stories that ${flow.first} had first and ${flow.later} later `, clear);
      byId("stories-title").scrollIntoView();
    }
    choose();
  }

  function step(by) {
    const stops = [...list.querySelectorAll(":scope > li > details > summary")];
    const at = stops.indexOf(document.activeElement);
    stops[Math.max(0, Math.min(stops.length - 1, at + by))]?.focus();
  }

  byId("others")?.append(...data.apart.map(read).map((pair) => item({ ...pair, apart: true })));
  if (!list) return;
  const names = new Map();
  for (const cluster of clusters) {
    for (const source of new Set(cluster.articles.map((article) => article[SOURCE]))) {
      if (source) names.set(source, (names.get(source) ?? 0) + 1);
    }
  }
  for (const source of [...names.keys()].sort(alphabet.compare)) {
    controls.source.append(make("option", { value: source }, `${source} (${figure.format(names.get(source))})`));
  }
  let timer = 0;
  controls.search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(choose, SEARCH_DELAY); });
  for (const name of ["verdict", "source", "size", "order"]) controls[name].addEventListener("input", choose);
  const form = controls.search.form;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => followFlow(null)));
  byId("back").addEventListener("click", () => turn(-1));
  byId("on").addEventListener("click", () => turn(1));
  for (const button of document.querySelectorAll(".matrix button")) {
    button.addEventListener("click", () => followFlow({ first: button.dataset.first, later: button.dataset.later }));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
    if (event.key === "/") { event.preventDefault(); controls.search.focus(); }
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
  });
  choose();
})();
