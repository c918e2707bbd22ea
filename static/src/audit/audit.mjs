// Audits pages with Lighthouse, each on the screen of a phone and of a desktop, and
// prints what came out as JSON: [{url, form, scores: {performance, …}, missed: [what
// cost points]}]. A page that does not reach the score is audited twice more, since the
// machine may have been busy; then the median counts.
//
// Usage: CHROME_PATH=… node audit.mjs SCORE URL...

import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const onlyCategories = ["performance", "accessibility", "best-practices"];
// Labs run on the reader's own machine or one near it: the network is that of
// Lighthouse's desktop on every screen, 10 Mbit/s and 40 ms, and so is the processor.
const { throttling } = desktopConfig.settings;
const forms = {
  phone: { extends: "lighthouse:default", settings: { throttling } },
  desktop: desktopConfig,
};

const worst = ({ categories }) => Math.min(...onlyCategories.map((c) => categories[c].score));

const missed = ({ audits, categories }) => onlyCategories.flatMap((c) => categories[c].auditRefs)
  .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 0.9)
  .map(({ id }) => [id, audits[id].displayValue].filter(Boolean).join(": "));

const [least, ...urls] = process.argv.slice(2);
const chrome = await launch({
  chromePath: process.env["CHROME_PATH"],
  chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  logLevel: "silent",
});
try {
  const results = [];
  for (const url of urls) {
    for (const [form, config] of Object.entries(forms)) {
      const audit = async (again = 2) => {
        const { lhr } = await lighthouse(url, { port: chrome.port, logLevel: "error", onlyCategories }, config);
        if (!lhr.runtimeError) return lhr;
        // A busy browser may lose what it traced.
        if (again === 0) throw new Error(`${url}: ${lhr.runtimeError.message}`);
        return audit(again - 1);
      };
      let lhr = await audit();
      if (100 * worst(lhr) < Number(least)) {
        [, lhr] = [lhr, await audit(), await audit()].sort((a, b) => worst(a) - worst(b));
      }
      const scores = Object.fromEntries(onlyCategories.map((c) => [c, Math.round(100 * lhr.categories[c].score)]));
      results.push({ url, form, scores, missed: missed(lhr) });
    }
  }
  console.log(JSON.stringify(results));
} finally {
  await chrome.kill();
}
