// Calls of the simulator: its control API, and the public API with the key of the environment.
import { chosenEnvironment, withEnvironment } from './chosen_environment.js';

const CONTROL = '/_simulator/';

export class ApiProblem extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

function problemOf(status, text) {
  try {
    const { error } = JSON.parse(text);
    const where = error.line ? ` (line ${error.line}, column ${error.column})` : '';
    return new ApiProblem(status, error.code, error.message + where);
  } catch {
    return new ApiProblem(status, 'http', `HTTP ${status}${text ? `: ${text.slice(0, 200)}` : ''}`);
  }
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: 'no-store', ...options });
  } catch {
    throw new ApiProblem(0, 'unreachable', 'The simulator does not answer');
  }
  if (!response.ok) throw problemOf(response.status, await response.text());
  return response;
}

function bodyOf(body) {
  if (body === undefined) return {};
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { body: text, headers: { 'Content-Type': 'application/json' } };
}

// A body that is a text goes out as it is: numbers stay as they were typed.
export async function control(method, path, body) {
  const response = await send(CONTROL + withEnvironment(path), { method, ...bodyOf(body) });
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

export const get = path => control('GET', path);

export const getText = async path => (await send(CONTROL + withEnvironment(path))).text();

// Lines of NDJSON as texts, at most so many.
export async function lines(path, most) {
  const reader = (await send(CONTROL + withEnvironment(path))).body.getReader();
  const decoder = new TextDecoder();
  const found = [];
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    const parts = (rest + (done ? `${decoder.decode()}\n` : decoder.decode(value, { stream: true }))).split('\n');
    rest = parts.pop();
    for (const part of parts) if (part) found.push(part);
    if (done || found.length >= most) break;
  }
  reader.cancel().catch(() => {});
  return found.slice(0, most);
}

// The key is asked for each time and kept nowhere.
export async function publicCall(method, path, { body, headers = {}, environment = chosenEnvironment() } = {}) {
  const { secret_key: key } = await get(`environment${query({ environment })}`);
  const content = bodyOf(body);
  const response = await send(path, {
    method, ...content, headers: { ...content.headers, ...headers, Authorization: `Bearer ${key}` },
  });
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

export function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length ? `?${new URLSearchParams(given)}` : '';
}

export const segment = encodeURIComponent;
