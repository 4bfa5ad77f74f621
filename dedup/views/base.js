
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
