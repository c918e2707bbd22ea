// How the reader's own kubectl reaches the run.

import { ask, said } from "./answer.ts";
import { copyButton } from "./copy.ts";
import { download } from "./download.ts";

export class OwnKubectl {
  private readonly link: HTMLAnchorElement;
  private readonly command: HTMLElement;
  private readonly note: HTMLElement;
  private readonly root: HTMLElement;

  constructor(root: HTMLElement) {
    this.root = root.querySelector("[data-own-kubectl]")!;
    this.link = this.root.querySelector("[data-kubeconfig]")!;
    this.command = this.root.querySelector("[data-own-command]")!;
    this.note = this.root.querySelector("[data-own-note]")!;
    const copy = this.root.querySelector<HTMLButtonElement>("[data-own-copy]")!;
    copy.hidden = false;
    copyButton(copy, () => this.command.textContent ?? "");
    this.link.addEventListener("click", (e) => {
      e.preventDefault();
      void this.save();
    });
  }

  show(run: string): void {
    this.root.querySelector<HTMLElement>("[data-own-none]")!.hidden = run !== "";
    this.root.querySelector<HTMLElement>("[data-own-have]")!.hidden = run === "";
    this.link.href = `/api/runs/${encodeURIComponent(run)}/kubeconfig`;
    this.link.download = `joblab-${run}.kubeconfig`;
    this.command.textContent = `kubectl --kubeconfig ${this.link.download} get pods -w`;
    this.note.textContent = "";
  }

  /** Saves the file, or says why there is none. */
  private async save(): Promise<void> {
    const { href, download: name } = this.link;
    let note = "";
    try {
      const answer = await ask(href);
      download(await answer.blob(), name);
    } catch (e) {
      note = said(e);
    }
    if (href === this.link.href) this.note.textContent = note;
  }
}
