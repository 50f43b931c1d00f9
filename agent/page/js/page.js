/** The page around the element: its address, language and light.
 *  Rule: the thread is in the address, so that a reload or a bookmark comes back to it. */

import { icon, patch } from "./dom.js";
import { languageFor, loadWords } from "./i18n.js";
import { storageOf } from "./kept.js";
import { ready } from "./element.js";

const LANGUAGE = "vouch:language";
const THEME = "vouch:theme";
const store = storageOf("localStorage");
const desk = document.querySelector("vouch-listing");
const languageButton = document.getElementById("language");
const themeButton = document.getElementById("theme");
const dark = matchMedia("(prefers-color-scheme: dark)");

const recall = (name) => {
  try {
    return store?.getItem(name) ?? "";
  } catch {
    return "";
  }
};

const keep = (name, value) => {
  try {
    store?.setItem(name, value);
  } catch {
    // the choice then lasts as long as the page
  }
};

let language = languageFor(recall(LANGUAGE) || navigator.language);
let theme = recall(THEME);

const threadInAddress = () => new URLSearchParams(location.hash.slice(1)).get("thread") ?? "";

async function useLanguage(next) {
  language = next;
  const words = await loadWords(language);
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  document.title = words.t("page.title");
  const other = language === "zh" ? "en" : "zh";
  languageButton.textContent = other === "zh" ? "中文" : "English";
  languageButton.lang = other === "zh" ? "zh-Hans" : "en";
  desk.setAttribute("language", language);
  nameTheme(words);
}

function nameTheme(words) {
  const now = theme || (dark.matches ? "dark" : "light");
  const other = now === "dark" ? "light" : "dark";
  patch(themeButton, icon(other));
  themeButton.setAttribute("aria-label", words.t(`theme.${other}`));
  themeButton.title = words.t(`theme.${other}`);
}

function useTheme(next) {
  theme = next;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  desk.setAttribute("theme", theme || "auto");
}

languageButton.addEventListener("click", () => {
  const next = language === "zh" ? "en" : "zh";
  keep(LANGUAGE, next);
  useLanguage(next);
});

themeButton.addEventListener("click", async () => {
  const now = theme || (dark.matches ? "dark" : "light");
  useTheme(now === "dark" ? "light" : "dark");
  keep(THEME, theme);
  nameTheme(await loadWords(language));
});

dark.addEventListener("change", async () => nameTheme(await loadWords(language)));

desk.addEventListener("vouch-thread", ({ detail }) => {
  const address = detail.thread ? `#thread=${detail.thread}` : location.pathname + location.search;
  if (threadInAddress() !== detail.thread) history.pushState(null, "", address);
  desk.setAttribute("thread", detail.thread);
});

addEventListener("popstate", () => desk.setAttribute("thread", threadInAddress()));

desk.setAttribute("thread", threadInAddress());
useTheme(theme);
ready.then(() => useLanguage(language));
