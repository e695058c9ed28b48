// #/integrations/github/endpoints: the first part is the tab, the rest is the view's.

export const TABS = [
  { id: 'integrations', title: 'Integrations' },
  { id: 'connections', title: 'Connections' },
  { id: 'webhooks', title: 'Webhooks' },
  { id: 'logs', title: 'Logs' },
  { id: 'environment', title: 'Environment settings' },
  { id: 'faults', title: 'Faults' },
  { id: 'clock', title: 'Clock' },
  { id: 'advisories', title: 'Advisories' },
];

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function currentRoute() {
  const parts = location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decoded);
  const tab = TABS.some(t => t.id === parts[0]) ? parts[0] : TABS[0].id;
  return { tab, parts: parts.slice(1) };
}

export const href = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;

export const go = (...parts) => {
  location.hash = href(...parts);
};

// The same place in the history: for choosing one row after the other.
export const replace = (...parts) => location.replace(href(...parts));
