// What is inside a cursor: base64 of `created_at^TIME|id^UUID`, in the nango dialect of `TIME||UUID`.

export function decodeCursor(cursor) {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(atob(cursor.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0)));
  } catch {
    return null;
  }
  const match = /^created_at\^(.+?)\|id\^(.+)$/.exec(text) ?? /^(.+?)\|\|(.+)$/.exec(text);
  return match ? { text, time: match[1], id: match[2] } : null;
}
