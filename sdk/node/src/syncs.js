import { invalidOptions } from './terapi_error.js';
import { pathPart } from './request.js';
import { required } from './required.js';

/** Running, pausing and asking about the syncs of an integration. */
export class Syncs {
  #transport;

  /** @param {import('./transport.js').Transport} transport */
  constructor(transport) {
    this.#transport = transport;
  }

  async trigger(providerConfigKey, syncs = [], connectionId, opts) {
    return this.#order('triggerSync', '/sync/trigger', providerConfigKey, syncs, connectionId, { opts });
  }

  async start(providerConfigKey, syncs, connectionId) {
    return this.#order('startSync', '/sync/start', providerConfigKey, syncs, connectionId);
  }

  async pause(providerConfigKey, syncs, connectionId) {
    return this.#order('pauseSync', '/sync/pause', providerConfigKey, syncs, connectionId);
  }

  async status(providerConfigKey, syncs, connectionId) {
    required('syncStatus', { providerConfigKey }, ['providerConfigKey']);
    const names = syncs === '*' ? '*' : listed('syncStatus', syncs).map(fullName).join(',');
    return this.#transport.ask({
      method: 'GET',
      path: '/sync/status',
      query: [
        ['syncs', names],
        ['provider_config_key', providerConfigKey],
        ['connection_id', connectionId],
      ],
    });
  }

  async updateFrequency(providerConfigKey, sync, connectionId, frequency) {
    const { name, variant } = typeof sync === 'object' && sync !== null ? sync : { name: sync };
    required('updateSyncConnectionFrequency', { providerConfigKey, name, connectionId }, [
      'providerConfigKey',
      'name',
      'connectionId',
    ]);
    return this.#transport.ask({
      method: 'PUT',
      path: '/sync/update-connection-frequency',
      json: {
        sync_name: name,
        sync_variant: variant,
        provider_config_key: providerConfigKey,
        connection_id: connectionId,
        frequency,
      },
    });
  }

  async createVariant(options) {
    return this.#variant('createSyncVariant', 'POST', options);
  }

  async deleteVariant(options) {
    return this.#variant('deleteSyncVariant', 'DELETE', options);
  }

  async #order(method, path, providerConfigKey, syncs, connectionId, more) {
    required(method, { providerConfigKey }, ['providerConfigKey']);
    return this.#transport.ask({
      method: 'POST',
      path,
      json: {
        syncs: listed(method, syncs),
        provider_config_key: providerConfigKey,
        connection_id: connectionId,
        ...more,
      },
    });
  }

  async #variant(method, verb, options) {
    required(method, options, ['providerConfigKey', 'connectionId', 'name', 'variant']);
    return this.#transport.ask({
      method: verb,
      path: `/sync/${pathPart('name', options.name)}/variant/${pathPart('variant', options.variant)}`,
      json: { provider_config_key: options.providerConfigKey, connection_id: options.connectionId },
    });
  }
}

function fullName(sync) {
  if (typeof sync === 'string') return sync;
  return sync.variant ? `${sync.name}::${sync.variant}` : sync.name;
}

function listed(method, syncs) {
  if (Array.isArray(syncs)) return syncs;
  throw invalidOptions(`${method}: syncs is ${typeof syncs}; expected a list of names, or of { name, variant }`);
}
