"use strict";
(() => {
  const root = document.documentElement;
  const $ = (id) => document.getElementById(id);
  const main = $("text");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Light or dark: as the system has it, until somebody says otherwise.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try { chosen = localStorage.getItem("gitstory-theme"); } catch { /* a file may have no storage */ }
  const paint = () => { root.dataset.theme = chosen || (dark.matches ? "dark" : "light"); };
  dark.addEventListener("change", paint);
  $("theme").addEventListener("click", () => {
    chosen = root.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("gitstory-theme", chosen); } catch { /* then for this visit */ }
    paint();
  });
  paint();

  // Folding: everything at once, for print too, and whatever a link or a search leads into.
  const folds = () => all("main details");
  let before = null;
  const unfold = $("unfold");
  const open = (on) => {
    unfold.setAttribute("aria-pressed", String(on));
    unfold.textContent = on ? "Fold" : "Unfold all";
    if (on) {
      before = folds().map((one) => [one, one.open]);
      before.forEach(([one]) => { one.open = true; });
    } else if (before) {
      before.forEach(([one, was]) => { one.open = was; });
      before = null;
    }
  };
  unfold.addEventListener("click", () => open(unfold.getAttribute("aria-pressed") !== "true"));
  let printed = null;
  addEventListener("beforeprint", () => {
    printed = folds().filter((one) => !one.open);
    printed.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => { (printed || []).forEach((one) => { one.open = false; }); printed = null; });
  const narrow = matchMedia("(max-width: 56rem)");
  if (narrow.matches) $("contents").open = false;

  // Search: places are marked without touching the text, so that it can be copied and saved as it is.
  const field = $("find"), found = $("found"), previous = $("previous"), next = $("next");
  const marks = typeof Highlight === "function" && CSS.highlights;
  let places = [], at = -1;
  const texts = () => {
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  };
  const look = () => {
    const word = field.value.trim().toLowerCase();
    places = [];
    at = -1;
    if (word) {
      for (const node of texts()) {
        const text = node.data.toLowerCase();
        for (let from = text.indexOf(word); from >= 0 && places.length < 5000; from = text.indexOf(word, from + word.length)) {
          // Where lower case is longer than what it was made of, offsets do not fit: the node is passed over.
          if (text.length !== node.data.length) break;
          const range = new Range();
          range.setStart(node, from);
          range.setEnd(node, from + word.length);
          places.push(range);
        }
      }
    }
    if (marks) {
      CSS.highlights.set("hits", new Highlight(...places));
      CSS.highlights.delete("now");
    }
    previous.hidden = next.hidden = places.length === 0;
    found.textContent = word ? (places.length ? `${places.length} found` : "nothing found") : "";
  };
  const reveal = (node) => {
    for (let one = node.parentElement; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  };
  const go = (step) => {
    if (!places.length) return;
    at = at < 0 ? (step > 0 ? 0 : places.length - 1) : (at + step + places.length) % places.length;
    const place = places[at];
    reveal(place.startContainer);
    if (marks) CSS.highlights.set("now", new Highlight(place));
    place.startContainer.parentElement.scrollIntoView({ block: "center" });
    found.textContent = `${at + 1} of ${places.length}`;
  };
  let soon = 0;
  field.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(look, 120); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); clearTimeout(soon); if (at < 0) look(); go(event.shiftKey ? -1 : 1); }
    if (event.key === "Escape") { field.value = ""; look(); }
  });
  previous.addEventListener("click", () => go(-1));
  next.addEventListener("click", () => go(1));
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      field.focus();
    }
  });

  // Choosing what to share: a copy of this page without the exchanges that are not ticked, and without the chooser.
  const choose = $("choose"), save = $("save");
  if (!choose) return;
  const boxes = () => all("input[data-turn]");
  const show = (box) => { $(box.dataset.turn).classList.toggle("left", !box.checked); };
  choose.addEventListener("click", () => {
    const on = choose.getAttribute("aria-pressed") !== "true";
    choose.setAttribute("aria-pressed", String(on));
    all("label.keep").forEach((label) => { label.hidden = !on; });
    save.hidden = !on;
    boxes().forEach((box) => { if (!on) box.checked = true; show(box); });
  });
  addEventListener("change", (event) => { if (event.target.dataset && event.target.dataset.turn) show(event.target); });

  const copy = () => {
    const gone = boxes().filter((box) => !box.checked).map((box) => box.dataset.turn);
    const page = root.cloneNode(true);
    const inside = (id) => page.querySelector(`[id="${id}"]`);
    for (const id of gone) {
      inside(id).remove();
      all(`[data-of="${id}"]`, page).forEach((one) => one.remove());
    }
    all("section.conversation", page).forEach((one) => { if (!one.querySelector("article")) one.remove(); });
    all(".editor", page).forEach((one) => one.remove());
    if (gone.length) {
      // Titles and counts tell of what was there.
      const name = "A conversation";
      if (main.dataset.named === undefined) all("title, h1", page).forEach((one) => { one.textContent = name; });
      if (all("section.conversation").length > 1) {
        all("section.conversation h2, nav .of a", page).forEach((one) => { one.textContent = name; });
      }
      page.querySelector("p.facts").textContent = `${all("article", page).length} exchanges`;
      const kept = new Set(all(".led code", page).map((one) => one.textContent));
      all(".commits li", page).forEach((one) => { if (!kept.has(one.querySelector("code").textContent)) one.remove(); });
      all("section[aria-label=Commits]", page).forEach((one) => { if (!one.querySelector("li")) one.remove(); });
    }
    all("#found", page).forEach((one) => { one.textContent = ""; });
    all("#previous, #next", page).forEach((one) => { one.hidden = true; });
    all("nav ol", page).forEach((one) => { if (!one.querySelector("li")) one.remove(); });
    page.removeAttribute("data-theme");
    return "<!doctype html>\n" + page.outerHTML + "\n";
  };
  save.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([copy()], { type: "text/html" }));
    link.download = (decodeURIComponent(location.pathname.split("/").pop() || "story").replace(/\.html?$/, "") || "story") + "-shared.html";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
})();
