import { pathPart } from './request.js';
import { required } from './required.js';
import { withSnakeCaseNames } from './snake_case.js';

/** The integrations of the environment, and which of their endpoints are on. */
export class Integrations {
  #transport;

  /** @param {import('./transport.js').Transport} transport */
  constructor(transport) {
    this.#transport = transport;
  }

  async list() {
    const answer = await this.#transport.ask({ method: 'GET', path: '/integrations' });
    return { configs: answer.data };
  }

  async get(params, queries = {}) {
    return this.#one('getIntegration', 'GET', params?.uniqueKey, { query: [['include', queries.include]] });
  }

  async create(integration) {
    const json = withSnakeCaseNames(integration);
    required('createIntegration', json, ['provider', 'unique_key']);
    return this.#transport.ask({ method: 'POST', path: '/integrations', json });
  }

  async update(params, changes) {
    return this.#one('updateIntegration', 'PATCH', params?.uniqueKey, { json: withSnakeCaseNames(changes) });
  }

  async delete(uniqueKey) {
    return this.#one('deleteIntegration', 'DELETE', uniqueKey);
  }

  async #one(method, verb, uniqueKey, { query, json } = {}) {
    required(method, { uniqueKey }, ['uniqueKey']);
    return this.#transport.ask({
      method: verb,
      path: `/integrations/${pathPart('uniqueKey', uniqueKey)}`,
      query,
      json,
    });
  }
}
