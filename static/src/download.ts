// A file that a script has made, saved as a download.

export function download(file: Blob, name: string): void {
  const a = document.createElement("a");
  a.href = URL.createObjectURL(file);
  a.download = name;
  a.click();
  // The browser reads it after this.
  setTimeout(() => URL.revokeObjectURL(a.href), 60_000);
}
