"use strict";
(() => {
  const root = document.documentElement;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const themes = document.querySelector("#theme");
  themes.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    themes.textContent = dark ? "Dark" : "Light";
  });
  themes.textContent = matchMedia("(prefers-color-scheme: dark)").matches ? "Light" : "Dark";

  for (const section of document.querySelectorAll("section")) {
    const details = section.querySelector(".details");
    const hint = details.innerHTML;
    const ties = section.querySelector(".ties");
    const lines = [...section.querySelectorAll(".line")];
    const rows = [...section.querySelectorAll("tr[data-lights]")];
    let pinned = null;

    const litBy = (item) => item.dataset.lights
      ? item.dataset.lights.split(" ").map((id) => document.getElementById(id)).filter(Boolean)
      : lines.filter((line) => line.dataset.of && line.dataset.of === item.dataset.of);

    /* The lines of one kind that stand below one another, as runs. */
    function runs(items) {
      const found = [];
      for (const item of items) {
        const last = found[found.length - 1];
        const before = last && last[last.length - 1];
        if (before && before.nextElementSibling === item && before.dataset.role === item.dataset.role) last.push(item);
        else found.push([item]);
      }
      return found;
    }

    function tie(left, right) {
      ties.replaceChildren();
      const origin = ties.getBoundingClientRect();
      for (const one of runs(left)) {
        for (const other of runs(right)) {
          const a = one[0].getBoundingClientRect(), b = one[one.length - 1].getBoundingClientRect();
          const c = other[0].getBoundingClientRect(), d = other[other.length - 1].getBoundingClientRect();
          const x = a.right - origin.x, y = c.left - origin.x, m = (x + y) / 2;
          const [t1, t2, u1, u2] = [a.top, b.bottom, c.top, d.bottom].map((v) => v - origin.y);
          const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
          path.setAttribute("d", `M${x} ${t1} C${m} ${t1} ${m} ${u1} ${y} ${u1} L${y} ${u2} `
            + `C${m} ${u2} ${m} ${t2} ${x} ${t2} Z`);
          path.style.setProperty("--tie", getComputedStyle(other[0]).getPropertyValue("--role") || "gray");
          ties.append(path);
        }
      }
    }

    function describe(item, lit) {
      if (item.matches("tr")) {
        details.innerHTML = item.querySelector("template").innerHTML;
        return;
      }
      const says = (line) => line.querySelector("code").textContent.trim();
      const others = lit.filter((line) => line.closest(".primal") === null && !says(line).startsWith("#"));
      const list = document.createElement("ul");
      for (const line of others) {
        const entry = document.createElement("li");
        entry.dataset.role = line.dataset.role;
        const link = document.createElement("a");
        link.href = `#${line.id}`;
        link.textContent = `${line.dataset.what}, line ${line.querySelector(".number").textContent}`;
        const code = document.createElement("code");
        code.textContent = says(line);
        entry.append(link, code);
        list.append(entry);
      }
      const name = document.createElement("b");
      const source = lit.find((line) => line.closest(".primal")) || item;
      name.textContent = `Line ${source.querySelector(".number").textContent}`;
      const code = document.createElement("code");
      code.textContent = says(source);
      details.replaceChildren(name, " ", code, list);
    }

    /* Scroll the primal so far that a line is seen, where it has a scroll bar of its own. */
    function bring(line) {
      const box = section.querySelector(".primal .functions");
      if (!line || box.scrollHeight <= box.clientHeight) return;
      const inner = line.getBoundingClientRect(), outer = box.getBoundingClientRect();
      if (inner.top < outer.top) box.scrollTop -= outer.top - inner.top + 30;
      if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom + 30;
    }

    function light(item) {
      for (const one of section.querySelectorAll(".lit, .self")) one.classList.remove("lit", "self");
      const lit = item ? litBy(item) : [];
      details.classList.toggle("on", item !== null);
      for (const one of lit) one.classList.add("lit");
      if (!item) {
        details.innerHTML = hint;
        ties.replaceChildren();
        return;
      }
      item.classList.add("self");
      describe(item, lit);
      const inPrimal = (line) => line.closest(".primal") !== null;
      bring(lit.find(inPrimal));
      tie(lit.filter(inPrimal), lit.filter((line) => !inPrimal(line)));
    }

    function pin(item) {
      for (const one of section.querySelectorAll("[aria-pressed=true]")) one.setAttribute("aria-pressed", "false");
      pinned = pinned === item ? null : item;
      if (pinned) pinned.setAttribute("aria-pressed", "true");
      light(pinned);
    }

    const usable = [...lines.filter((line) => line.tabIndex >= 0), ...rows];
    const group = (item) => usable.filter((one) => one.closest(".pane, table") === item.closest(".pane, table"));
    /* One stop of the tab key for each pane and table; the arrows go on from there. */
    for (const item of usable) item.tabIndex = group(item)[0] === item ? 0 : -1;
    for (const item of usable) {
      item.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch" && !pinned) light(item); });
      item.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch" && !pinned) light(null); });
      item.addEventListener("focus", () => {
        for (const one of group(item)) one.tabIndex = one === item ? 0 : -1;
        if (!pinned) light(item);
      });
      item.addEventListener("blur", () => { if (!pinned) light(null); });
      item.addEventListener("click", (event) => { if (!event.target.closest("a")) pin(item); });
      item.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (event.key === "Enter" || event.key === " ") pin(item);
        else if (event.key === "Escape") { pinned = null; pin(null); }
        else if (step) {
          const here = group(item);
          const next = here[here.indexOf(item) + step];
          if (next) next.focus();
        } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
          const toPrimal = event.key === "ArrowLeft";
          const other = litBy(item).find((one) => (one.closest(".primal") !== null) === toPrimal);
          if (other && other !== item) { pinned = null; other.focus(); }
        } else return;
        event.preventDefault();
      });
    }

    section.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      if (!link) return;
      const line = document.getElementById(link.getAttribute("href").slice(1));
      if (!line) return;
      event.preventDefault();
      line.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
      line.focus({ preventScroll: true });
    });
    addEventListener("resize", () => { if (pinned) light(pinned); });
  }
})();
