// An excerpt below each result of the search, with the words that were looked for.
addEventListener("DOMContentLoaded", () => {
  const results = document.getElementById("search-results");
  const asked = (new URLSearchParams(location.search).get("q") ?? "").toLowerCase();
  const words = asked.split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
  if (!results || !window.siteTexts || !words.length) return;
  const AROUND = 110;

  // The first place that has all of what was typed, else the longest of its words.
  function placeOf(text) {
    const lower = text.toLowerCase();
    const places = [asked.trim(), ...words.toSorted((one, other) => other.length - one.length)].map((word) => lower.indexOf(word)).filter((place) => place >= 0);
    return places.length ? places[0] : -1;
  }

  // Long names break between their parts.
  const breakable = (text) =>
    text.split(/(?<=[_./])(?=\S)/).flatMap((part, number) => (number ? [document.createElement("wbr"), part] : [part]));

  function excerpt(text) {
    const place = placeOf(text);
    const from = Math.max(0, place < 0 ? 0 : text.lastIndexOf(" ", Math.max(0, place - AROUND)));
    const to = Math.min(text.length, (place < 0 ? 0 : place) + AROUND + words[0].length);
    const end = to < text.length ? text.indexOf(" ", to) : -1;
    const part = text.slice(from, end < 0 ? undefined : end).trim();
    const paragraph = document.createElement("p");
    paragraph.className = "context";
    paragraph.append(from > 0 ? "\u2026 " : "");
    const found = new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "giu");
    part.split(found).forEach((piece, number) => {
      if (number % 2 === 0) return paragraph.append(...breakable(piece));
      const mark = document.createElement("mark");
      mark.append(...breakable(piece));
      paragraph.append(mark);
    });
    paragraph.append(end < 0 ? "" : " \u2026");
    return paragraph;
  }

  const root = new URL(document.documentElement.dataset.content_root, location.href).pathname;
  const update = () => {
    for (const item of results.querySelectorAll("ul.search > li:not([data-quoted])")) {
      item.dataset.quoted = "";
      const link = item.querySelector("a");
      if (!link) continue;
      const page = decodeURIComponent(new URL(link.href).pathname.slice(root.length)).replace(/\.html$/, "");
      link.replaceChildren(...breakable(link.textContent));
      const text = window.siteTexts[page];
      if (text) item.append(excerpt(text));
    }
  };
  new MutationObserver(update).observe(results, { childList: true, subtree: true });
  update();
});
