// A list of any length of which only the rows in sight are in the page. One stop for Tab; arrow keys choose.
import { component, h, show } from './dom.js';

const MARGIN = 8; // rows drawn above and below what is in sight

// props: key, label, items, keyOf(item), draw(item), selected (a key), onpick(item), rowHeight, empty
export const virtualList = props => component(props.key, props, (el, first) => new VirtualList(el, first).receiver(), 'div',
  { class: 'virtual', tabindex: '0', role: 'listbox' });

class VirtualList {
  constructor(el, props) {
    this.el = el;
    this.props = props;
    this.drawing = false;
    el.addEventListener('scroll', () => this.soon());
    el.addEventListener('keydown', event => this.key(event));
    el.addEventListener('click', event => this.click(event));
    new ResizeObserver(() => this.soon()).observe(el);
    this.receive(props);
    requestAnimationFrame(() => this.showSelected());
  }

  // The row that the address names is in sight at the start.
  showSelected() {
    const { items, keyOf, selected, rowHeight } = this.props;
    const at = items.findIndex(item => keyOf(item) === selected);
    if (at * rowHeight > this.el.clientHeight - rowHeight) this.el.scrollTop = at * rowHeight - this.el.clientHeight / 2;
  }

  receiver() {
    return props => this.receive(props);
  }

  soon() {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => { this.drawing = false; this.draw(); });
  }

  receive(props) {
    const anchor = this.el.scrollTop > 0 ? this.anchor() : null;
    this.props = props;
    this.el.setAttribute('aria-label', props.label);
    this.el.classList.toggle('empty', props.items.length === 0);
    this.draw();
    if (anchor) this.hold(anchor);
  }

  // What is read stays where it is while new rows come in above it.
  anchor() {
    const at = Math.floor(this.el.scrollTop / this.props.rowHeight);
    const item = this.props.items[at];
    return item && { key: this.props.keyOf(item), offset: this.el.scrollTop - at * this.props.rowHeight };
  }

  hold({ key, offset }) {
    const at = this.props.items.findIndex(item => this.props.keyOf(item) === key);
    const top = at * this.props.rowHeight + offset;
    if (at >= 0 && Math.abs(this.el.scrollTop - top) > 1) {
      this.el.scrollTop = top;
      this.draw();
    }
  }

  draw() {
    const { items, rowHeight, empty } = this.props;
    if (!items.length) {
      this.el.removeAttribute('aria-activedescendant');
      show(this.el, h('div', { key: 'empty', class: 'nothing', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, empty ?? 'Nothing yet'));
      return;
    }
    const from = Math.max(0, Math.floor(this.el.scrollTop / rowHeight) - MARGIN);
    const to = Math.min(items.length, Math.ceil((this.el.scrollTop + this.el.clientHeight) / rowHeight) + MARGIN);
    const rows = items.slice(from, to).map((item, i) => this.row(item, from + i));
    show(this.el, h('div', { key: 'space', class: 'space', role: 'presentation', style: { height: `${items.length * rowHeight}px` } }, rows));
    const active = this.el.querySelector('[aria-selected=true]');
    if (active) this.el.setAttribute('aria-activedescendant', active.id);
    else this.el.removeAttribute('aria-activedescendant');
  }

  row(item, index) {
    const { keyOf, draw, selected, rowHeight, items, key: listKey } = this.props;
    const key = keyOf(item);
    return h('div', {
      key, id: `${listKey}-${key}`, class: 'line', role: 'option', 'aria-selected': String(key === selected),
      'aria-setsize': items.length, 'aria-posinset': index + 1, 'data-index': index,
      style: { transform: `translateY(${index * rowHeight}px)`, height: `${rowHeight}px` },
    }, draw(item));
  }

  click(event) {
    const row = event.target.closest('[data-index]');
    const item = row && this.props.items[Number(row.dataset.index)];
    if (item !== undefined && item !== null) this.props.onpick(item);
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.el.clientHeight / this.props.rowHeight) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    const { items, keyOf, selected, onpick, rowHeight } = this.props;
    if (step === undefined || !items.length || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const at = items.findIndex(item => keyOf(item) === selected);
    const next = at < 0 && step === 1 ? 0 : Math.min(items.length - 1, Math.max(0, at + step));
    this.bringIntoSight(next * rowHeight, rowHeight);
    onpick(items[next]);
  }

  bringIntoSight(top, height) {
    if (top < this.el.scrollTop) this.el.scrollTop = top;
    else if (top + height > this.el.scrollTop + this.el.clientHeight) this.el.scrollTop = top + height - this.el.clientHeight;
  }
}
