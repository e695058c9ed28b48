// Makes elements, and changes what is shown into what should be shown without losing focus, scroll or typed text.

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'path', 'line', 'circle', 'rect', 'g', 'polyline']);

// h('button', { class: 'quiet', onclick: f, key: 'a' }, 'Text', child, [children])
export function h(tag, props, ...children) {
  const el = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(el, name, value);
  append(el, children);
  return el;
}

function set(el, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === 'key') el.pageKey = String(value);
  else if (name.startsWith('on')) (el.pageHandlers ??= {})[name] = el[name] = value;
  else if (name === 'style') for (const [rule, x] of Object.entries(value)) el.style.setProperty(rule, x);
  else el.setAttribute(name, value === true ? '' : value);
}

function append(el, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(el, child);
    else if (child instanceof Node) el.append(child);
    else if (child !== null && child !== undefined && child !== false) el.append(String(child));
  }
}

// An element that looks after its own inside: mount(el, props) once, which returns receive(props) for later ones.
export function component(key, props, mount, tag = 'div', attributes = {}) {
  const el = h(tag, { ...attributes, key, 'data-component': '' });
  el.pageComponent = { props, mount, receive: null };
  return el;
}

function adopt(node) {
  if (!(node instanceof Element)) return;
  const all = [...node.querySelectorAll('[data-component]')];
  if (node.pageComponent) all.unshift(node);
  for (const el of all) {
    const own = el.pageComponent;
    if (own && !own.receive) own.receive = own.mount(el, own.props) ?? (() => {});
  }
}

// Shows `next` (a node, or a list of them) as the children of `parent`.
export function show(parent, next) {
  const wanted = document.createDocumentFragment();
  append(wanted, [next]);
  morphChildren(parent, wanted);
}

const sameKind = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && a.pageKey === b.pageKey;

function morphChildren(parent, wanted) {
  const next = [...wanted.childNodes];
  const keys = new Set(next.map(n => n.pageKey).filter(k => k !== undefined));
  const keyed = new Map();
  for (const child of [...parent.childNodes]) {
    if (child.pageKey === undefined) continue;
    if (keys.has(child.pageKey)) keyed.set(child.pageKey, child);
    else child.remove();
  }
  let at = parent.firstChild;
  for (const node of next) {
    const candidate = node.pageKey === undefined ? at : keyed.get(node.pageKey);
    keyed.delete(node.pageKey);
    if (candidate && sameKind(candidate, node)) {
      if (candidate === at) at = at.nextSibling;
      else parent.insertBefore(candidate, at);
      morph(candidate, node);
    } else {
      parent.insertBefore(node, at);
      adopt(node);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function morph(old, next) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
    return;
  }
  if (next.pageComponent) {
    old.pageComponent.props = next.pageComponent.props;
    old.pageComponent.receive(next.pageComponent.props);
    return;
  }
  morphAttributes(old, next);
  morphHandlers(old, next);
  morphChildren(old, next);
}

// `style` goes by the object model: as an attribute a strict Content-Security-Policy refuses it. Whether a <details> or
// <dialog> is open is the reader's business.
function morphAttributes(old, next) {
  for (const { name, value } of [...next.attributes]) {
    if (name === 'style' || name === 'open') continue;
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (name !== 'style' && name !== 'open' && !next.hasAttribute(name)) old.removeAttribute(name);
  }
  if (old.style.cssText !== next.style.cssText) old.style.cssText = next.style.cssText;
}

function morphHandlers(old, next) {
  for (const name of Object.keys(old.pageHandlers ?? {})) if (!next.pageHandlers?.[name]) old[name] = null;
  for (const [name, handler] of Object.entries(next.pageHandlers ?? {})) old[name] = handler;
  old.pageHandlers = next.pageHandlers;
}
