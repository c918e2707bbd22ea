import { ClusterElement } from "./cluster.ts";
import { RunElement } from "./run.ts";
import { themeSwitch } from "./theme.ts";
import { TimelineElement } from "./timeline.ts";

customElements.define("joblab-cluster", ClusterElement);
customElements.define("joblab-timeline", TimelineElement);
customElements.define("joblab-run", RunElement);

const theme = document.querySelector<HTMLButtonElement>("[data-theme-switch]");
if (theme) themeSwitch(theme);
