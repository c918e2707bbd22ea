import { catalogue } from "./catalogue.ts";
import { ClusterElement } from "./cluster.ts";
import { keysHelp } from "./keys.ts";
import { CompareElement } from "./compare.ts";
import { RunElement } from "./run.ts";
import { runTools } from "./runtools.ts";
import { guide } from "./guide.ts";
import { firstVisit } from "./hint.ts";
import { themeSwitch } from "./theme.ts";
import { TimelineElement } from "./timeline.ts";

customElements.define("joblab-cluster", ClusterElement);
customElements.define("joblab-timeline", TimelineElement);
customElements.define("joblab-run", RunElement);
customElements.define("joblab-compare", CompareElement);
runTools();

const keys = document.querySelector<HTMLButtonElement>("[data-keys]");
if (keys) keysHelp(keys);

const theme = document.querySelector<HTMLButtonElement>("[data-theme-switch]");
if (theme) themeSwitch(theme);
const pane = document.querySelector<HTMLElement>("[data-guide-pane]");
if (pane) guide(pane);
const hint = document.querySelector<HTMLElement>(".first-visit");
if (hint) firstVisit(hint);
const shelf = document.querySelector<HTMLElement>(".catalogue main");
if (shelf) catalogue(shelf);
