"use strict";
/* Opens the evidence of a claim beside the text; without script the page lists it all below. */
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  document.addEventListener("DOMContentLoaded", () => {
    const panel = document.getElementById("panel");
    const marks = [...document.querySelectorAll("a.claim")];
    const cards = new Map([...document.querySelectorAll(".card")].map((c) => [c.id, c]));
    const order = [...cards.keys()];
    const counter = document.getElementById("counter");
    const narrow = window.matchMedia("(max-width: 899px)");
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    let open = null;
    let opener = null;

    for (const image of document.querySelectorAll("img[data-of]")) {
      const original = document.getElementById(image.dataset.of);
      if (original && original.src) {
        image.src = original.src;
        image.hidden = false;
      }
    }

    const covers = (mark, id) => mark.dataset.claims.split(" ").includes(id.slice(1));
    const target = (link) => link.getAttribute("href").slice(1);
    const markOf = (id) => marks.find((m) => target(m) === id) || marks.find((m) => covers(m, id));

    function uncover(mark) {
      const below = panel.getBoundingClientRect().top;
      const box = mark.getBoundingClientRect();
      if (box.top < 12 || box.bottom > (narrow.matches ? below : window.innerHeight) - 12) {
        const top = Math.max(0, window.scrollY + box.top - 96);
        window.scrollTo({ top, behavior: calm.matches ? "auto" : "smooth" });
      }
    }

    function show(id, focus) {
      const card = cards.get(id);
      if (!card) return;
      if (open) cards.get(open).classList.remove("open");
      open = id;
      card.classList.add("open");
      root.classList.add("has-open");
      panel.scrollTop = 0;
      counter.textContent = `${order.indexOf(id) + 1} of ${order.length}`;
      for (const mark of marks) {
        if (covers(mark, id)) mark.setAttribute("aria-current", "true");
        else mark.removeAttribute("aria-current");
      }
      history.replaceState(null, "", "#" + id);
      if (focus) card.focus({ preventScroll: true });
      const mark = markOf(id);
      if (mark) uncover(mark);
    }

    function close() {
      if (!open) return;
      const back = opener && opener.isConnected && opener.offsetParent ? opener : markOf(open);
      cards.get(open).classList.remove("open");
      open = null;
      root.classList.remove("has-open");
      for (const mark of marks) mark.removeAttribute("aria-current");
      history.replaceState(null, "", location.pathname + location.search);
      if (back) back.focus({ preventScroll: true });
      else if (opener) opener.focus({ preventScroll: true });
    }

    function step(by) {
      const at = order.indexOf(open);
      show(order[(at + by + order.length) % order.length], true);
    }

    function reveal(id) {
      const row = document.getElementById(id);
      if (!row) return;
      if (narrow.matches) close();
      row.open = true;
      row.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
      row.querySelector("summary").focus({ preventScroll: true });
      for (const other of document.querySelectorAll(".step.shown")) other.classList.remove("shown");
      row.classList.add("shown");
    }

    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      if (!link) return;
      const id = target(link);
      if (cards.has(id)) {
        event.preventDefault();
        opener = link;
        show(id, true);
      } else if (id.startsWith("s-")) {
        event.preventDefault();
        reveal(id);
      }
    });
    const buttons = { close, previous: () => step(-1), next: () => step(1) };
    for (const [id, act] of Object.entries(buttons)) {
      document.getElementById(id)?.addEventListener("click", act);
    }

    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const here = document.activeElement;
      if (event.key === "Escape" && open) {
        event.preventDefault();
        close();
      } else if (marks.includes(here)) {
        if (by) {
          event.preventDefault();
          const next = marks[(marks.indexOf(here) + by + marks.length) % marks.length];
          next.focus();
          if (open) {
            opener = next;
            show(target(next), false);
          }
        } else if (event.key === " ") {
          event.preventDefault();
          here.click();
        }
      } else if (open && panel.contains(here) && /^Arrow(Left|Right)$/.test(event.key)) {
        event.preventDefault();
        step(by);
      }
    });

    const asked = location.hash.slice(1);
    if (cards.has(asked)) show(asked, false);
  });
})();
