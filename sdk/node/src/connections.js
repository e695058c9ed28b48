import { pathPart } from './request.js';
import { required } from './required.js';
import { withSnakeCaseNames } from './snake_case.js';

/** The connections of the environment, and their metadata. */
export class Connections {
  #transport;

  /** @param {import('./transport.js').Transport} transport */
  constructor(transport) {
    this.#transport = transport;
  }

  async list({ connectionId, search, endUserId, endUserOrganizationId, integrationId, tags, limit, page } = {}) {
    return this.#transport.ask({
      method: 'GET',
      path: '/connections',
      query: [
        ['connectionId', connectionId],
        ['search', search],
        ['endUserId', endUserId],
        ['endUserOrganizationId', endUserOrganizationId],
        ['integrationId', Array.isArray(integrationId) ? integrationId.join(',') : integrationId],
        ...Object.entries(tags ?? {}).map(([key, value]) => [`tags[${key}]`, value]),
        ['limit', limit],
        ['page', page],
      ],
    });
  }

  async get(providerConfigKey, connectionId, forceRefresh, refreshToken) {
    return this.#one('getConnection', 'GET', providerConfigKey, connectionId, {
      query: [
        ['force_refresh', forceRefresh],
        ['refresh_token', refreshToken],
      ],
    });
  }

  async create(options) {
    required('createConnection', options, ['providerConfigKey']);
    return this.#transport.ask({ method: 'POST', path: '/connections', json: withSnakeCaseNames(options) });
  }

  async patch(params, changes) {
    return this.#one('patchConnection', 'PATCH', params?.providerConfigKey, params?.connectionId, {
      json: withSnakeCaseNames(changes),
    });
  }

  async delete(providerConfigKey, connectionId) {
    return this.#one('deleteConnection', 'DELETE', providerConfigKey, connectionId);
  }

  async getMetadata(providerConfigKey, connectionId) {
    const connection = await this.#one('getMetadata', 'GET', providerConfigKey, connectionId);
    return connection?.metadata;
  }

  async setMetadata(providerConfigKey, connectionId, metadata) {
    return this.#writeMetadata('setMetadata', 'POST', providerConfigKey, connectionId, metadata);
  }

  async updateMetadata(providerConfigKey, connectionId, metadata) {
    return this.#writeMetadata('updateMetadata', 'PATCH', providerConfigKey, connectionId, metadata);
  }

  async #writeMetadata(method, verb, providerConfigKey, connectionId, metadata) {
    required(method, { providerConfigKey }, ['providerConfigKey']);
    if (!Array.isArray(connectionId)) required(method, { connectionId }, ['connectionId']);
    return this.#transport.ask({
      method: verb,
      path: '/connections/metadata',
      json: { provider_config_key: providerConfigKey, connection_id: connectionId, metadata },
    });
  }

  async #one(method, verb, providerConfigKey, connectionId, { query = [], json } = {}) {
    required(method, { providerConfigKey, connectionId }, ['providerConfigKey', 'connectionId']);
    return this.#transport.ask({
      method: verb,
      path: `/connections/${pathPart('connectionId', connectionId)}`,
      query: [['provider_config_key', providerConfigKey], ...query],
      json,
    });
  }
}
