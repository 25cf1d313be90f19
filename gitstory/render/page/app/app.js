"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const typing = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
  const store = (key, value) => {
    try { return value === undefined ? sessionStorage.getItem(key) : sessionStorage.setItem(key, value); } catch { return null; }
  };
  const base = document.body.dataset.base;
  const live = base !== undefined;
  // What a server sends is a piece of our own page, escaped there; scripts in it would not run either.
  const piece = async (address, signal) => {
    const answer = await fetch(address, { signal, headers: { "X-Part": "1" } });
    const text = await answer.text();
    if (!answer.ok && !text) throw new Error(String(answer.status));
    return text;
  };

  // --- keys: what is next in a list of turns, commits, hits or runs of lines
  const steps = () => all(".steps > .entry, .steps > .turn, .code > .run");
  let at = -1;
  const stepTo = (number) => {
    const list = steps();
    if (!list.length) return;
    if (at < 0) at = number > 0 ? firstVisible(list) - 1 : firstVisible(list) + 1;
    at = Math.max(0, Math.min(list.length - 1, at + number));
    list.forEach((one, n) => one.classList.toggle("at", n === at));
    const one = list[at];
    one.scrollIntoView({ block: one.classList.contains("turn") ? "start" : "center" });
    if (one.classList.contains("run")) reader.choose(Number(one.querySelector(".l").id.slice(1)), 0, false);
    else one.focus({ preventScroll: true });
  };
  const firstVisible = (list) => Math.max(0, list.findIndex((one) => one.getBoundingClientRect().bottom > 80));
  const follow = (rel) => { const link = document.querySelector(`a[rel="${rel}"]`); if (link) location.assign(link.href); };
  const help = $("help");
  $("keys").hidden = false;
  $("keys").addEventListener("click", () => help.showModal());
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { if (typing()) document.activeElement.blur(); else reader.release(); return; }
    if (typing() || help.open) return;
    const field = $("q") || $("seek");
    switch (event.key) {
      case "/": if (field) { event.preventDefault(); field.focus(); field.select(); } break;
      case "j": stepTo(1); break;
      case "k": stepTo(-1); break;
      case "?": help.showModal(); break;
      case "[": if (reader.there) reader.before(); else follow("next"); break;
      case "]": if (reader.there) reader.after(); else follow("prev"); break;
      case "f": focusing(document.body.classList.contains("focused") ? "" : "focused"); break;
      case "Enter": {
        const chosen = document.querySelector(".steps .at .subject");
        if (chosen && document.activeElement.classList.contains("at")) location.assign(chosen.href);
        break;
      }
      default:
    }
  });

  // --- a file: lines, their reasons, and what was there before
  const code = $("code");
  const reader = (() => {
    const none = { there: false, choose() {}, release() {}, before() {}, after() {} };
    if (!code) return none;
    const why = code.dataset.why, panel = $("reason"), empty = panel.innerHTML;
    let first = 0, last = 0, shown = "", waiting = null, coming = null, timer = 0;
    const known = new Map();
    const colours = $("colour");
    if (colours) {
      colours.hidden = false;
      const colour = (name) => {
        code.dataset.colour = name;
        all("button", colours).forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.colour === name)));
        store("gitstory-colour", name);
      };
      colours.addEventListener("click", (event) => { if (event.target.dataset.colour) colour(event.target.dataset.colour); });
      const kept = store("gitstory-colour");
      if (kept) colour(kept);
    }
    const show = async (from, to) => {
      if (!why) return;
      const key = `${from}-${to}`;
      if (shown === key) return;
      shown = key;
      if (waiting) waiting.abort();
      if (!known.has(key)) {
        waiting = new AbortController();
        panel.setAttribute("aria-busy", "true");
        try {
          known.set(key, await piece(`${why}?lines=${key}&part=1`, waiting.signal));
        } catch (error) {
          if (error.name === "AbortError") return;
          shown = "";
          panel.textContent = "The reason cannot be shown: gitstory does not answer. Is `git story ui` still running?";
          return;
        } finally { panel.removeAttribute("aria-busy"); }
      }
      if (shown !== key) return;
      panel.innerHTML = known.get(key);
      $("side").scrollTop = 0;
      trail();
      earlier(key);
    };
    // What stood there before takes git longer than the reason: it is asked for when that is shown.
    const earlier = (key) => {
      if (!panel.querySelector(".slot")) { coming = null; return; }
      coming = (async () => {
        const name = `before ${key}`;
        if (!known.has(name)) {
          try { known.set(name, await piece(`${why}?lines=${key}&part=before`)); } catch { return; }
        }
        if (shown !== key) return;
        const parts = all(".slot", new DOMParser().parseFromString(known.get(name), "text/html"));
        all(".slot", panel).forEach((slot, n) => { if (parts[n]) slot.innerHTML = parts[n].innerHTML; });
      })();
    };
    const row = (number) => $(`L${number}`);
    const light = (number) => {
      const mine = row(number)?.closest(".run")?.dataset.o;
      all(".run.hot", code).forEach((one) => one.classList.remove("hot"));
      if (mine) all(`.run[data-o="${mine}"]`, code).forEach((one) => one.classList.add("hot"));
    };
    const choose = (from, to, scroll) => {
      all(".l.sel", code).forEach((one) => one.classList.remove("sel"));
      first = from; last = Math.max(to, from);
      for (let n = first; n <= last && n < first + 5000; n += 1) row(n)?.classList.add("sel");
      const hash = last > first ? `#L${first}-L${last}` : `#L${first}`;
      if (location.hash !== hash) history.replaceState(history.state, "", hash);
      if (scroll) row(first)?.scrollIntoView({ block: "center" });
      light(first);
      show(first, last);
    };
    const release = () => {
      first = last = 0; shown = "";
      all(".l.sel, .run.hot", code).forEach((one) => one.classList.remove("sel", "hot"));
      panel.innerHTML = empty;
      history.replaceState(history.state, "", location.pathname + location.search);
    };
    const fromHash = () => {
      const match = /^#L(\d+)(?:-L?(\d+))?$/.exec(location.hash);
      if (match) choose(Number(match[1]), Number(match[2] || 0), true);
    };
    const numberOf = (target) => { const line = target.closest(".l"); return line ? Number(line.id.slice(1)) : 0; };
    code.addEventListener("click", (event) => {
      const number = numberOf(event.target);
      if (!number || String(getSelection())) return;
      event.preventDefault();
      if (event.shiftKey && first) choose(Math.min(first, number), Math.max(first, number), false);
      else choose(number, 0, false);
    });
    code.addEventListener("mouseover", (event) => {
      const number = numberOf(event.target);
      if (!number || first) return;
      clearTimeout(timer);
      timer = setTimeout(() => { light(number); if (!first) show(number, number); }, 180);
    });
    addEventListener("hashchange", fromHash);
    // The way back through the lives of a line: the places one came from, the latest last.
    const places = () => { try { return JSON.parse(store("gitstory-trail") || "[]"); } catch { return []; } };
    const trail = () => {
      const came = places();
      if (!came.length || !panel.firstElementChild) return;
      const back = document.createElement("p");
      const link = document.createElement("a");
      link.href = came[came.length - 1];
      link.textContent = "] forward again";
      link.className = "act";
      link.addEventListener("click", (event) => { event.preventDefault(); after(); });
      back.append(link);
      panel.prepend(back);
    };
    const go = (address) => {
      store("gitstory-trail", JSON.stringify([...places(), location.href].slice(-50)));
      location.assign(address);
    };
    const before = async () => {
      await coming;
      const link = panel.querySelector("a.before");
      if (link) go(link.href);
    };
    const after = () => {
      const came = places(), last_ = came.pop();
      store("gitstory-trail", JSON.stringify(came));
      if (last_) location.assign(last_);
    };
    panel.addEventListener("click", (event) => {
      const link = event.target.closest("a.before");
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); go(link.href); }
    });
    fromHash();
    return { there: true, choose, release, before, after };
  })();

  // --- a commit: lines light their turn, and the other way round
  const lit = (number, on) => all(`[data-o="${number}"]`).forEach((one) => one.classList.toggle("hot", on));
  if (document.body.classList.contains("commitpage")) {
    let pinned = null;
    const of = (event) => event.target.closest("[data-o]")?.dataset.o;
    let hot = null;
    const point = (number) => {
      if (hot === number) return;
      if (hot && hot !== pinned) lit(hot, false);
      hot = number;
      if (number) lit(number, true);
    };
    addEventListener("mouseover", (event) => point(of(event)));
    addEventListener("focusin", (event) => point(of(event)));
    addEventListener("click", (event) => {
      const number = of(event);
      if (!number || event.target.closest("a, summary")) return;
      if (pinned) lit(pinned, false);
      pinned = pinned === number ? null : number;
      if (pinned) lit(pinned, true);
      const other = event.target.closest(".card") ? `.diffs tr[data-o="${number}"]` : `.card[data-o="${number}"]`;
      document.querySelector(other)?.scrollIntoView({ block: "center" });
    });
    const explain = $("explain");
    explain?.addEventListener("click", async (event) => {
      event.preventDefault();
      $("explained").textContent = "…";
      try { $("explained").innerHTML = await piece(`${explain.href}?part=1`); } catch { $("explained").textContent = "gitstory does not answer"; }
    });
  }

  // --- a conversation: everything, or prompts and final answers only
  const focus = $("focus");
  const focusing = (name) => {
    if (!focus) return;
    document.body.classList.toggle("focused", name === "focused");
    document.body.classList.toggle("changed", name === "changed");
    all("button", focus).forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.focus === name)));
    store("gitstory-focus", name);
  };
  if (focus) {
    focus.hidden = false;
    focus.addEventListener("click", (event) => { if (event.target.dataset.focus !== undefined) focusing(event.target.dataset.focus); });
    focusing(store("gitstory-focus") || "");
    if (matchMedia("(max-width: 56rem)").matches && $("contents")) $("contents").open = false;
  }

  // --- pieces of a page that take longer than the rest
  all("[data-load]").forEach(async (place) => {
    const link = place.dataset.load;
    place.setAttribute("aria-busy", "true");
    try { place.innerHTML = await piece(link + (link.includes("?") ? "&" : "?") + "part=1"); } catch { /* the link stays */ }
    place.removeAttribute("aria-busy");
  });

  // --- values to copy, and two ways to read one text
  all("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const words = button.textContent;
    button.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText($(button.dataset.copy).textContent); button.textContent = "Copied"; } catch { button.textContent = "Not copied"; }
      setTimeout(() => { button.textContent = words; }, 1500);
    });
  });
  const shown = $("shown");
  if (shown) {
    const show = (name) => {
      all("[data-shown]").forEach((one) => { one.hidden = one.dataset.shown !== name; });
      all("button", shown).forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.show === name)));
    };
    shown.hidden = false;
    shown.addEventListener("click", (event) => { if (event.target.dataset.show) show(event.target.dataset.show); });
    show("read");
  }

  // --- search as one types
  const searching = $("searching");
  if (searching && live) {
    let soon = 0, asked = null;
    const look = async () => {
      const words = new URLSearchParams([...new FormData(searching)].filter(([, value]) => value));
      history.replaceState(history.state, "", `${searching.action}?${words}`);
      if (asked) asked.abort();
      asked = new AbortController();
      words.set("part", "1");
      try { $("hits").innerHTML = await piece(`${searching.action}?${words}`, asked.signal); at = -1; again(); } catch (error) {
        if (error.name !== "AbortError") $("hits").textContent = "gitstory does not answer";
      }
    };
    // While the index is being made, what is found is looked for again.
    const again = () => {
      clearTimeout(soon);
      if (document.querySelector("#hits [data-again]") && !document.hidden) soon = setTimeout(look, 3000);
    };
    again();
    searching.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(look, 60); });
    searching.addEventListener("submit", (event) => { event.preventDefault(); look(); });
  }

  // --- what others do meanwhile: lists and conversations are brought up to date in place, other pages say so
  if (live && typeof EventSource === "function" && !document.querySelector('meta[name="problem"]')) {
    const parsed = async () => new DOMParser().parseFromString(await piece(location.pathname + location.search), "text/html");
    const told = () => {
      if ($("changed")) return;
      const note = document.createElement("div");
      note.id = "changed"; note.className = "live"; note.setAttribute("role", "status");
      const link = document.createElement("a");
      link.href = location.href; link.textContent = "Something changed: show it";
      link.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
      note.append(link);
      document.body.append(note);
    };
    const update = async (what) => {
      const list = document.querySelector("[data-live]"), turns = document.querySelector(".talkpage .steps");
      if (list) {
        const fresh = (await parsed()).querySelector("[data-live]");
        if (fresh && fresh.innerHTML !== list.innerHTML) { list.innerHTML = fresh.innerHTML; at = -1; }
      } else if (turns && !document.querySelector('a[rel="next"]')) {
        const fresh = await parsed();
        for (const turn of all(".talkpage .steps > .turn", fresh)) {
          const mine = $(turn.id);
          if (!mine) turns.append(document.importNode(turn, true));
          else if (mine.textContent !== turn.textContent) mine.replaceWith(document.importNode(turn, true));
        }
      } else if (what === "refs" && (code || document.querySelector(".commitpage, .files"))) told();
    };
    // A browser opens six connections to a server: only the page that is looked at listens.
    let source = null;
    const listen = () => {
      if (document.hidden) { source?.close(); source = null; return; }
      if (source) return;
      source = new EventSource(`${base.replace(/\/$/, "")}/events`);
      source.addEventListener("change", (event) => { update(event.data).catch(() => {}); });
    };
    document.addEventListener("visibilitychange", listen);
    addEventListener("pagehide", () => { source?.close(); source = null; });
    addEventListener("pageshow", listen);
    listen();
  }
})();
