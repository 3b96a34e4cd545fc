// Opens the pages of a running desk in headless Chromium and says what is wrong with them.
//
//   node pages.mjs CHROMIUM < plan.json
//
// The plan: { base, pages: [{ path, status?, foreign?: [{ text, lang, dir }] }], feeds: [path], shots? }. The answer is
// one line of JSON on standard output: { pages, heaviest, problems: [text] }. With `shots`, a folder, it leaves pictures.
// Nothing outside of `base` is reached: pictures of other hosts are made up here, late and of an odd shape.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const plan = JSON.parse(readFileSync(0, "utf8"));
const MAX_PAGE_BYTES = 100_000;
const IMAGE_DELAY_MS = 150;
const IMAGE = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="900"><rect width="300" height="900" fill="#789"/></svg>';
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

// Nothing takes so long but what hangs.
setTimeout(() => {
  console.error("the browser hangs");
  process.exit(3);
}, 240_000).unref();

const problems = [];
let heaviest = 0;
const browser = await chromium.launch({ executablePath: process.argv[2], args: FLAGS });
try {
  // Two at a time: much of it is waiting.
  const views = ["light", "dark"].flatMap((scheme) => [[scheme, 390, 844], [scheme, 1280, 900]]);
  const waiting = plan.pages.flatMap((page) => views.map((view) => [page, ...view]));
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await judge(...next);
  };
  await Promise.all([worker(), worker()]);
  for (const path of plan.feeds ?? []) await judgeFeed(path);
} finally {
  await browser.close();
}
console.log(JSON.stringify({ pages: plan.pages.length, heaviest, problems }));

async function judge({ path, status = 200, foreign = [] }, colorScheme, width, height) {
  const note = (text) => problems.push(`${path} (${colorScheme}, ${width} px): ${text}`);
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  try {
    const page = await context.newPage();
    const bodies = [];
    page.on("console", (message) => {
      // Chromium says of every page that is not found that it is not found.
      const expected = status === 404 && message.location().url === plan.base + path;
      if (["error", "warning"].includes(message.type()) && !expected) note(`the console says: ${message.text()}`);
    });
    page.on("pageerror", (error) => note(`an error: ${error.message}`));
    page.on("response", (response) => bodies.push(response));
    await page.route(
      (url) => !url.href.startsWith(plan.base),
      async (route) => {
        if (route.request().resourceType() !== "image") {
          note(`it asks for ${route.request().url()}`);
          return route.abort();
        }
        await new Promise((done) => setTimeout(done, IMAGE_DELAY_MS));
        await route.fulfill({ contentType: "image/svg+xml", body: IMAGE }).catch(() => {});
      },
    );
    await page.addInitScript(() => {
      window.violations = [];
      window.shifts = [];
      addEventListener("securitypolicyviolation", (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
      new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) shifts.push(shift.value);
      }).observe({ type: "layout-shift", buffered: true });
    });
    const answer = await page.goto(plan.base + path, { waitUntil: "load" });
    if (answer.status() !== status) note(`status ${answer.status()}`);
    await seeAll(page);

    const seen = await page.evaluate(look);
    for (const violation of seen.violations) note(`the security policy forbids ${violation}`);
    if (seen.shift > 0) note(`what is shown moves: layout shift ${seen.shift}`);
    if (seen.scripts) note(`${seen.scripts} scripts`);
    if (seen.unsized.length) note(`pictures without a place of their own: ${seen.unsized}`);
    if (seen.scrolls) note("it scrolls sideways");
    const dark = colorScheme === "dark";
    if (dark ? seen.paper > 60 : seen.paper < 200) note(`its paper is ${seen.paper} of 255`);
    for (const { text, lang, dir } of foreign) {
      const found = await page.evaluate(whose, text);
      if (!found.length) note(`it does not show ${text}`);
      for (const one of found) {
        if (one.lang !== lang || one.dir !== dir) note(`${text} is ${one.lang} ${one.dir}, not ${lang} ${dir}`);
      }
    }

    let bytes = 0;
    for (const response of bodies) {
      const type = response.headers()["content-type"] ?? "";
      if (response.url().startsWith(plan.base) && response.status() >= 400 && response.url() !== plan.base + path) {
        note(`${response.url()}: status ${response.status()}`);
      }
      if (response.url().startsWith(plan.base) && !type.startsWith("image/")) bytes += (await response.body()).length;
    }
    heaviest = Math.max(heaviest, bytes);
    if (bytes === 0 || bytes > MAX_PAGE_BYTES) note(`it weighs ${bytes} bytes`);

    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    for (const { id, help, nodes } of violations) note(`axe: ${id}: ${help}: ${nodes.map((node) => node.html).slice(0, 3).join(" ")}`);

    await keyboard(page, note);
    if (plan.shots) {
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path: `${plan.shots}/${path.replace(/\W+/g, "-")}-${colorScheme}-${width}.png` });
    }
    await page.setViewportSize({ width: 320, height: 640 });
    if ((await page.evaluate(look)).scrolls) note("it scrolls sideways at 320 px");
    await page.emulateMedia({ media: "print", colorScheme });
    for (const fault of await page.evaluate(printed)) note(`printed: ${fault}`);
  } finally {
    await context.close();
  }
}

// Goes down the whole page, so that pictures come that wait to be seen, and waits for them.
async function seeAll(page) {
  await page.evaluate(async () => {
    const rest = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight) {
      scrollTo(0, top);
      await rest();
    }
    scrollTo(0, 0);
    const here = [...document.images].map((image) => {
      image.loading = "eager";
      return image.complete || new Promise((done) => (image.onload = image.onerror = done));
    });
    await Promise.race([Promise.all(here), new Promise((done) => setTimeout(done, 5_000))]);
    await rest();
  });
}

// In the page: what a person would see.
function look() {
  const channels = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).slice(0, 3).map(Number);
  const scrolls = document.documentElement.scrollWidth > innerWidth;
  const unsized = [...document.images].filter((image) => {
    const style = getComputedStyle(image);
    return !(image.hasAttribute("width") && image.hasAttribute("height")) && style.aspectRatio === "auto";
  });
  return {
    violations: window.violations ?? [],
    shift: (window.shifts ?? []).reduce((sum, shift) => sum + shift, 0),
    scripts: document.querySelectorAll("script, [onclick], [onload]").length,
    unsized: unsized.map((image) => image.outerHTML),
    scrolls,
    paper: channels.reduce((sum, channel) => sum + channel, 0) / 3,
  };
}

// In the page: language and direction of the elements that hold exactly this text.
function whose(text) {
  const holds = [...document.querySelectorAll("body *")].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() === text));
  return holds.map((element) => ({
    lang: element.closest("[lang]").lang,
    dir: getComputedStyle(element).direction,
  }));
}

// Goes through the page by the Tab key: the skip link comes first and works, and one always sees where one is.
async function keyboard(page, note) {
  await page.evaluate(() => { scrollTo(0, 0); document.activeElement.blur(); });
  await page.keyboard.press("Tab");
  const first = await page.evaluate(focused);
  if (!first.skip || !first.visible || !first.outlined) note(`Tab comes first to ${JSON.stringify(first)}`);
  await page.keyboard.press("Enter");
  for (let steps = 0; steps < 12; steps += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(focused);
    if (now.skip || now.name === "BODY") break;
    if (steps === 0 && !now.inMain && !now.inFooter) note(`the skip link leads to ${JSON.stringify(now)}`);
    if (!now.outlined || !now.visible) note(`one does not see where one is: ${JSON.stringify(now)}`);
  }
}

// In the page: what has the focus.
function focused() {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    name: element.nodeName,
    text: element.textContent.slice(0, 60),
    skip: element.classList.contains("skip"),
    inMain: Boolean(element.closest("main")),
    inFooter: Boolean(element.closest("footer")),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    visible: box.width > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
  };
}

// In the page: what is wrong with it on paper.
function printed() {
  const faults = [];
  const shown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
  for (const element of document.querySelectorAll(".skip, .subscribe")) {
    if (shown(element)) faults.push(`${element.className} is of no use on paper`);
  }
  for (const element of document.querySelectorAll("details > :not(summary)")) {
    if (element.getBoundingClientRect().height === 0) faults.push(`it stays folded: ${element.textContent.slice(0, 60)}`);
  }
  const paper = getComputedStyle(document.body).backgroundColor;
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  if (!["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"].includes(paper) || scheme !== "light") faults.push(`the paper is ${paper}, ${scheme}`);
  const light = [...document.querySelectorAll("body *")].filter((element) => {
    const [red, green, blue] = getComputedStyle(element).color.match(/[\d.]+/g).map(Number);
    return shown(element) && element.childElementCount === 0 && element.textContent.trim() && red + green + blue > 500;
  });
  if (light.length) faults.push(`too light for paper: ${light[0].outerHTML.slice(0, 100)}`);
  return faults;
}

// A feed that someone opens: as it is served it begins with what to do, and as XML it is a list of titles.
async function judgeFeed(path) {
  const note = (text) => problems.push(`${path}: ${text}`);
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  try {
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error" && !message.location().url.endsWith("/favicon.ico")) note(`the console says: ${message.text()}`);
    });
    await page.goto(plan.base + path);
    const text = await page.evaluate(() => document.documentElement.textContent);
    if (!text.slice(0, 600).includes("To subscribe, give its address to your feed reader")) note(`it begins with ${text.slice(0, 300)}`);
    if (!/\.(atom|rss)$/.test(path)) return;

    await page.route(plan.base + path, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), "content-type": "application/xml" } });
    });
    await page.goto(plan.base + path);
    const seen = await page.evaluate(() => {
      const root = document.documentElement;
      const shown = (element) => element && element.getClientRects().length > 0;
      const items = [...document.querySelectorAll("entry, item")];
      const before = (selector) => getComputedStyle(document.querySelector(selector), "::before").content;
      return {
        styled: getComputedStyle(root).backgroundColor,
        items: items.length,
        titles: items.filter((item) => shown(item.querySelector(":scope > title"))).length,
        markup: [...document.querySelectorAll("content, item > description, id, guid")].filter(shown).length,
        notice: before("[rel=self]"),
        scrolls: root.scrollWidth > innerWidth,
      };
    });
    if (!seen.items || seen.titles !== seen.items) note(`${seen.titles} of ${seen.items} titles are shown as XML`);
    if (seen.styled === "rgba(0, 0, 0, 0)") note("the style sheet does not reach it");
    if (seen.markup) note(`${seen.markup} texts full of markup are shown`);
    if (!seen.notice.includes(plan.base + path)) note(`the notice is ${seen.notice}`);
    if (seen.scrolls) note("it scrolls sideways as XML");
    if (plan.shots) await page.screenshot({ path: `${plan.shots}/${path.replace(/\W+/g, "-")}-xml.png` });
  } finally {
    await context.close();
  }
}
