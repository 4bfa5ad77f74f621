
"use strict";

/** Bring the partner of a sentence level with it, which keeps its own place on the screen.

Both columns are as long as their texts: the one in which the sentence comes sooner begins lower.
Where one text stands below the other, the page goes to the partner. */
function level(sentence, partner) {
  const [column, other] = [sentence, partner].map((one) => one.closest("article"));
  const top = (element) => element.getBoundingClientRect().top;
  const left = (element) => element.getBoundingClientRect().left;
  const inView = ({ top, bottom }) => top >= 0 && bottom <= innerHeight;
  if (inView(partner.getBoundingClientRect()) && inView(sentence.getBoundingClientRect())) return;
  if (left(column) === left(other)) {
    partner.scrollIntoView({ block: "center" });
    return;
  }
  const before = top(sentence);
  column.style.marginTop = other.style.marginTop = "";
  const by = top(sentence) - top(partner);
  (by > 0 ? other : column).style.marginTop = `${Math.abs(by)}px`;
  scrollBy({ top: top(sentence) - before, behavior: "instant" });
}

/** Let a passage light up in both texts of a room, and a sentence bring its partner level. */
function watch(room) {
  const light = ({ target }) => {
    const number = target.closest("[data-p]")?.dataset.p;
    for (const each of room.querySelectorAll("[data-p]")) each.classList.toggle("lit", each.dataset.p === number);
  };
  room.addEventListener("pointerover", light);
  room.addEventListener("focusin", light);
  room.addEventListener("click", (event) => {
    const sentence = event.target.closest("a.s");
    if (!sentence) return;
    event.preventDefault();
    level(sentence, document.getElementById(sentence.hash.slice(1)));
  });
}
