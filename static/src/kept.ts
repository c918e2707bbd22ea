// What the browser keeps between visits, if it keeps anything.

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Without room or leave, a choice lasts as long as the page.
  }
}

/** What is kept by a name; null if nothing is. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Forgets all whose name begins so. */
export function forget(prefix: string): void {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(prefix)) localStorage.removeItem(name);
  } catch {
    // What is not kept need not be forgotten.
  }
}
