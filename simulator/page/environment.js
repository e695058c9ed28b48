// Tab Environment settings: webhooks, keys, the retry policy, limits, and the world as a whole.
import { submit } from './act.js';
import { control } from './api.js';
import { h } from './dom.js';
import { durationMs, span } from './format.js';
import { copyButton, field, input, loading, pageHead, toggle } from './parts.js';
import { redraw } from './redraw.js';
import { drawWorld } from './snapshots.js';
import { data } from './store.js';

export const view = {
  needs: () => ['environment', 'snapshots'],
  draw: () => {
    if (!data.environment) return loading('environment');
    const environment = data.environment;
    return [
      pageHead('Environment settings', { about: `Of the environment “${environment.name}”. Changes are in force at once.` }),
      h('div', { class: 'page settings', key: 'page' }, drawWebhooks(environment), drawKeys(environment), drawRetry(environment), drawLimits(environment), drawWorld()),
    ];
  },
};

const patch = body => control('PATCH', 'environment', body);

const section = (title, about, ...content) => h('section', { class: 'setting', key: title, 'aria-label': title },
  h('div', { class: 'setting-about' }, h('h2', {}, title), h('p', { class: 'muted' }, about)), h('div', { class: 'card' }, content));

const saveUrls = submit(async (form, values) => {
  const urls = [values.get('first'), values.get('second')].map(u => u.trim()).filter(Boolean);
  await patch({ webhook_urls: urls });
  return urls.length ? `Webhooks go to ${urls.join(' and ')}` : 'No webhooks are sent any more';
});

const flip = (name, on, off) => async () => {
  const value = !data.environment[name];
  await patch({ [name]: value });
  return value ? on : off;
};

const toggleRow = (title, about, control_) => h('div', { class: 'toggle-row' }, h('div', { class: 'grow' }, h('p', { class: 'title' }, title), h('p', { class: 'muted' }, about)), control_);

function drawWebhooks({ webhook_urls: urls, always_send: always, standard_webhooks: standard }) {
  return section('Webhooks', 'Where Terapi tells your backend that there is something new. Both URLs get every webhook.',
    h('form', { class: 'form', onsubmit: saveUrls },
      field('Webhook URL', 'url/first', input('first', urls[0], { type: 'url', placeholder: 'http://127.0.0.1:8080/webhooks' })),
      field('Second webhook URL', 'url/second', input('second', urls[1], { type: 'url', placeholder: 'optional' })),
      h('div', { class: 'row' }, h('button', { class: 'primary' }, 'Save webhook URLs'))),
    toggleRow('Announce runs that changed nothing', 'always_send', toggle('Announce runs that changed nothing', always, flip('always_send', 'Every run is announced', 'Only runs that changed something are announced'))),
    toggleRow('Standard Webhooks headers', 'standard_webhooks: webhook-id, -timestamp and -signature beside Terapi’s own. Wants a signing key that begins with whsec_',
      toggle('Standard Webhooks headers', standard, flip('standard_webhooks', 'The headers are added', 'The headers are left out'))));
}

const shown = new Set();

function keyRow(title, name, key) {
  const isShown = shown.has(name);
  const flipIt = () => {
    if (isShown) shown.delete(name);
    else shown.add(name);
    redraw();
  };
  return h('div', { class: 'key-row', key: name }, h('div', { class: 'grow' }, h('p', { class: 'title' }, title),
    isShown ? h('code', { class: 'wrap' }, key) : h('span', { class: 'masked' }, '••••••••-••••-••••', h('span', { class: 'sr' }, ' (hidden)'))),
    h('button', { type: 'button', 'aria-label': `${isShown ? 'Hide' : 'Show'} the ${title.toLowerCase()}`, onclick: flipIt }, isShown ? 'Hide' : 'Show'),
    copyButton(key, 'Copy', `Copy the ${title.toLowerCase()}`));
}

const rotate = submit(async (form, values) => {
  await patch({ signing_key: values.get('signing_key') });
  shown.delete('signing_key');
  return 'Webhooks are signed with the new key; with the old one as well while they overlap';
});

function drawKeys({ secret_key: secret, signing_key: signing, signing_key_overlap: overlap, previous_signing_key_until: until }) {
  return section('Keys', 'Hidden until you ask for them. The page keeps none.',
    keyRow('Secret key', 'secret_key', secret), keyRow('Signing key', 'signing_key', signing),
    until && h('p', { class: 'muted pad' }, `The key before signs as well until ${until}.`),
    h('details', {}, h('summary', {}, 'Change the signing key'), h('form', { class: 'form', onsubmit: rotate },
      field('New signing key', 'signing', input('signing_key', '', { required: true }), `For ${overlap} after it both keys sign.`), h('div', { class: 'row' }, h('button', {}, 'Change it')))));
}

const saveRetry = submit(async (form, values) => {
  const retry = Object.fromEntries(['attempts', 'factor', 'jitter'].map(name => [name, Number(values.get(name))]));
  for (const name of ['first_delay', 'max_delay', 'timeout']) retry[name] = values.get(name).trim();
  await patch({ retry });
  return 'The retry policy is in force';
});

// When a webhook that always fails is tried, counted from the first attempt.
function plan({ attempts, first_delay: first, factor, max_delay: most }) {
  const times = [0];
  let wait = durationMs(first);
  while (times.length < attempts) {
    times.push(times.at(-1) + Math.min(wait, durationMs(most)));
    wait *= factor;
  }
  return times;
}

function drawPlan(retry) {
  const times = plan(retry);
  const first = times.slice(0, 8);
  return h('div', { class: 'pad' }, h('p', { class: 'muted' }, 'A webhook that is never answered with a 2xx is tried after'),
    h('ol', { class: 'plan' }, first.map((ms, i) => h('li', { key: i }, span(ms)))), times.length > first.length && h('p', { class: 'muted' }, `… ${times.length} times in all, over ${span(times.at(-1))}`));
}

function drawRetry({ retry }) {
  const number = (name, label, attributes) => field(label, `retry/${name}`, input(name, retry[name], { type: 'number', step: 'any', required: true, ...attributes }));
  const duration = (name, label) => field(label, `retry/${name}`, input(name, retry[name], { required: true, pattern: '(\\d+(\\.\\d+)?(us|ms|s|m|h|d))+' }));
  return section('Retry policy', 'Webhooks with responses other than 2xx are retried with exponential backoff.',
    drawPlan(retry),
    h('form', { class: 'form grid three', onsubmit: saveRetry },
      number('attempts', 'Attempts in all', { min: '1', max: '100', step: '1' }), duration('first_delay', 'First delay'), number('factor', 'Factor', { min: '0', max: '1000' }),
      duration('max_delay', 'Longest delay'), duration('timeout', 'Time-out'), number('jitter', 'Jitter', { min: '0', max: '1' }),
      h('div', { class: 'wide' }, h('button', {}, 'Save retry policy'))));
}

const saveLimits = submit(async (form, values) => {
  const given = name => values.get(name).trim();
  await patch({
    rate_limit: given('requests') ? { requests: Number(given('requests')), per: given('per') || '1m' } : null,
    breaker: given('failures') ? { failures: Number(given('failures')), window: given('window') || '10s', open_for: given('open_for') || '60s' } : null,
    max_response_bytes: given('max_response_bytes') ? Number(given('max_response_bytes')) : null,
  });
  return 'The limits are in force';
});

function drawLimits({ rate_limit: rate, breaker, max_response_bytes: most }) {
  const one = (name, label, value, attributes) => field(label, `limit/${name}`, input(name, value, attributes));
  const number = { type: 'number', min: '1', placeholder: 'none' };
  return section('Limits', 'What is empty is not limited.',
    h('form', { class: 'form grid three', onsubmit: saveLimits },
      one('requests', 'Requests', rate?.requests, number), one('per', '… in each', rate?.per, { placeholder: '1m' }), one('max_response_bytes', 'Bytes of a page', most, number),
      one('failures', 'Breaker: failures', breaker?.failures, number), one('window', '… within', breaker?.window, { placeholder: '10s' }), one('open_for', 'Open for', breaker?.open_for, { placeholder: '60s' }),
      h('div', { class: 'wide' }, h('button', {}, 'Save limits'))));
}
