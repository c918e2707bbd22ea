// A lab's guide: its explanation opens when the run has ended, and on a narrow screen
// comes after the bench, so that nothing opens above what is looked at.

const narrow = matchMedia("(max-width: 1000px)");

export function guide(pane: HTMLElement): void {
  const after = pane.querySelector<HTMLElement>("[data-after]")!;
  const explanation = after.querySelector<HTMLDetailsElement>("[data-explanation]");
  const bench = document.querySelector<HTMLElement>("joblab-run")!;
  const place = (): void => {
    if (narrow.matches) bench.after(after);
    else pane.append(after);
  };
  place();
  narrow.addEventListener("change", place);
  if (!explanation) return;
  const link = bench.querySelector<HTMLElement>("[data-to-reason]")!;
  bench.addEventListener("ended", () => {
    explanation.open = true;
    link.hidden = false;
  });
  link.addEventListener("click", () => (explanation.open = true));
  // What is printed is to be read, folded or not.
  let folded = false;
  addEventListener("beforeprint", () => {
    folded = !explanation.open;
    explanation.open = true;
  });
  addEventListener("afterprint", () => {
    if (folded) explanation.open = false;
  });
}
