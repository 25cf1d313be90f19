"use strict";
// Before anything is shown: light or dark, as the system has it until somebody says otherwise.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try { chosen = localStorage.getItem("gitstory-theme"); } catch { /* a file may have no storage */ }
  const paint = () => { document.documentElement.dataset.theme = chosen || (dark.matches ? "dark" : "light"); };
  dark.addEventListener("change", paint);
  paint();
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      try { localStorage.setItem("gitstory-theme", chosen); } catch { /* then for this visit */ }
      paint();
    });
  });
})();
