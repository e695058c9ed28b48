// Times, lengths of time, numbers and names, as they are shown.

const UNITS = [['d', 86400e3], ['h', 3600e3], ['m', 60e3], ['s', 1e3], ['ms', 1]];

export const plural = (n, one, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

// "2024-01-01T00:00:06.300000+00:00" as "2024-01-01 00:00:06.300"
export const fullTime = text => (text ? `${text.slice(0, 10)} ${text.slice(11, 23)}` : '–');

export const dayOf = text => text?.slice(0, 10) ?? '';

// The time alone where it is of the clock's day; else with the day.
export function shortTime(text, now) {
  if (!text) return '–';
  const time = text.slice(11, 23).replace(/\.000$/, '');
  return now && dayOf(now) === dayOf(text) ? time : `${text.slice(5, 10)} ${time}`;
}

export const msOf = text => Date.parse(text);

// 6300 as "6.3 s", 5400000 as "1 h 30 m"
export function span(ms) {
  if (ms === 0) return '0 s';
  if (Math.abs(ms) < 1) return `${Math.round(ms * 1000)} µs`;
  if (Math.abs(ms) < 1000) return `${Math.round(ms)} ms`;
  if (Math.abs(ms) < 60e3) return `${+(ms / 1000).toFixed(2)} s`;
  const parts = [];
  let rest = Math.round(Math.abs(ms));
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count && parts.length < 2) parts.push(`${count} ${unit}`);
    rest -= count * size;
  }
  return (ms < 0 ? '−' : '') + parts.join(' ');
}

export function relative(text, now) {
  if (!text || !now) return '';
  const ms = msOf(text) - msOf(now);
  if (ms === 0) return 'now';
  return ms > 0 ? `in ${span(ms)}` : `${span(-ms)} ago`;
}

// "30m", "1500ms", "6h10m" in milliseconds; NaN for what is no duration.
export function durationMs(text) {
  const whole = String(text).trim();
  if (!/^(\d+(\.\d+)?(us|ms|s|m|h|d))+$/.test(whole)) return NaN;
  const parts = [...whole.matchAll(/([\d.]+)([a-z]+)/g)];
  return parts.reduce((sum, [, n, name]) => sum + (name === 'us' ? n / 1000 : n * UNITS.find(([unit]) => unit === name)[1]), 0);
}

export function bytes(n) {
  if (n < 1024) return `${n} B`;
  if (n < 1024 * 1024) return `${(n / 1024).toFixed(1)} KiB`;
  return `${(n / 1024 / 1024).toFixed(1)} MiB`;
}

export const streamName = s =>
  [s.integration, s.connection, s.model].filter(Boolean).join('/') + (s.variant && s.variant !== 'base' ? `/${s.variant}` : '');

export const shortId = id => (id?.length > 13 ? `${id.slice(0, 8)}…` : id);
