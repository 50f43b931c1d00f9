/** The page's words in the reader's language, and numbers as that language writes them.
 *  Rule: every word of the page is in `i18n/*.json`; what the service says is shown as it is. */

const FILES = new URL("../i18n/", import.meta.url);
const loaded = new Map();
export const LANGUAGES = ["en", "zh"];
const LOCALES = { en: "en-GB", zh: "zh-CN" };

/** Return the language that the page has for a wish such as `zh-Hans-CN`; English else. */
export function languageFor(wish) {
  const base = (wish ?? "").slice(0, 2).toLowerCase();
  return LANGUAGES.includes(base) ? base : "en";
}

export async function loadWords(language) {
  if (!loaded.has(language)) {
    const file = fetch(new URL(`${language}.json`, FILES)).then((answer) => answer.json());
    loaded.set(language, file);
  }
  return new Words(language, await loaded.get(language));
}

export class Words {
  constructor(language, catalogue) {
    this.language = language;
    this.locale = LOCALES[language] ?? language;
    this.catalogue = catalogue;
    this.plural = new Intl.PluralRules(this.locale);
  }

  has(key) {
    return key in this.catalogue;
  }

  /** Return the words under `key` with `{names}` filled in; `n` chooses the plural. */
  t(key, values = {}) {
    const form = "n" in values ? `${key}.${this.plural.select(values.n)}` : key;
    const text = this.catalogue[form] ?? this.catalogue[`${key}.other`] ?? this.catalogue[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  }

  /** Return an attribute's name for a reader. */
  attribute(name) {
    const key = `attribute.${name}`;
    return this.has(key) ? this.t(key) : name.replaceAll("_", " ");
  }

  /** Return a value of an attribute for a reader: known ones in words, any other as it is. */
  value(attribute, value) {
    const one = (each) => {
      const key = `value.${attribute}.${each}`;
      return this.has(key) ? this.t(key) : null;
    };
    const parts = String(value).split(/,\s*|\s+and\s+/).map(one);
    return one(value) ?? (parts.every(Boolean) ? parts.join(this.t("and")) : value);
  }

  seconds(ms) {
    const digits = ms < 10000 ? 1 : 0;
    return this.t("time.seconds", { s: this.number(ms / 1000, digits) });
  }

  duration(ms) {
    return ms < 1000 ? this.t("time.ms", { ms: this.number(ms, ms < 10 ? 1 : 0) }) : this.seconds(ms);
  }

  number(value, digits = 0) {
    const fixed = { minimumFractionDigits: 0, maximumFractionDigits: digits };
    return new Intl.NumberFormat(this.locale, fixed).format(value);
  }

  percent(share) {
    return new Intl.NumberFormat(this.locale, { style: "percent" }).format(share);
  }

  money(amount, currency) {
    const whole = Number.isInteger(amount) ? 0 : 2;
    const digits = { minimumFractionDigits: whole, maximumFractionDigits: 2 };
    try {
      const style = currency ? { style: "currency", currency } : {};
      return new Intl.NumberFormat(this.locale, { ...style, ...digits }).format(amount);
    } catch {
      return `${this.number(amount, 2)} ${currency}`;
    }
  }

  moment(iso) {
    const at = new Date(iso);
    if (Number.isNaN(at.getTime())) return "";
    const form = { dateStyle: "medium", timeStyle: "short" };
    return new Intl.DateTimeFormat(this.locale, form).format(at);
  }
}
