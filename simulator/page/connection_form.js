// A new connection.
import { submit } from './act.js';
import { publicCall } from './api.js';
import { h } from './dom.js';
import { field, input, pageHead, select } from './parts.js';
import { go, href } from './router.js';
import { data } from './store.js';

const create = submit(async (form, values) => {
  const body = { provider_config_key: values.get('integration') };
  const id = values.get('connection_id').trim();
  if (id) body.connection_id = id;
  if (values.get('webhook_url').trim()) body.webhook_url = values.get('webhook_url').trim();
  if (values.get('metadata').trim()) body.metadata = JSON.parse(values.get('metadata'));
  const made = await publicCall('POST', '/connections', { body });
  go('connections', made.provider_config_key, made.connection_id);
  return `${made.connection_id} was created; its enabled syncs run now`;
});

export function drawNewConnection() {
  const choices = (data.integrations?.integrations ?? []).map(i => [i.id, i.display_name === i.id ? i.id : `${i.display_name} (${i.id})`]);
  return [
    pageHead('New connection', { back: { title: 'Connections', link: href('connections') },
      about: 'As when one of your users connects their account: an auth webhook goes out, and enabled syncs start at once.' }),
    h('div', { class: 'page', key: 'page' }, h('form', { class: 'form card narrow-form', onsubmit: create },
      field('Integration', 'new/integration', select('integration', choices, choices[0]?.[0], { required: true })),
      field('Connection id', 'new/id', input('connection_id', '', { placeholder: 'made up where it is empty', maxlength: '255' })),
      field('Webhook URL', 'new/url', input('webhook_url', '', { type: 'url', placeholder: 'that of the environment' }), 'Takes the place of the environment’s URLs for this connection.'),
      field('Metadata (JSON object)', 'new/metadata', h('textarea', { name: 'metadata', rows: '3', spellcheck: 'false', placeholder: '{}' })),
      h('div', { class: 'row' }, h('button', { class: 'primary' }, 'Create connection'), h('a', { class: 'button quiet', href: href('connections') }, 'Cancel')))),
  ];
}
