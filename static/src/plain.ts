// Text from a cluster, as it can be read: what would steer a terminal or turn the
// direction of writing is shown as cat -v shows it, never obeyed.

const steering = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text with its control characters made visible; line feeds and tabs stay. */
export function plain(text: string): string {
  return text.replace(steering, (c) => {
    const code = c.codePointAt(0)!;
    if (code < 0x80) return `^${String.fromCodePoint(code ^ 0x40)}`;
    return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
  });
}
