import { invalidOptions } from './terapi_error.js';
import { connectionHeaders, pathPart } from './request.js';
import { required } from './required.js';

/** Writing back to an external API by its actions. */
export class Actions {
  #transport;

  /** @param {import('./transport.js').Transport} transport */
  constructor(transport) {
    this.#transport = transport;
  }

  async trigger(providerConfigKey, connectionId, actionName, input) {
    return this.#order('triggerAction', { providerConfigKey, connectionId, actionName }, input, {});
  }

  async triggerAsync(providerConfigKey, connectionId, actionName, input) {
    return this.#order('triggerActionAsync', { providerConfigKey, connectionId, actionName }, input, {
      'X-Async': 'true',
    });
  }

  async result(options) {
    const id = options?.id ?? idIn(options?.statusUrl);
    required('getAsyncActionResult', { id }, ['id']);
    return this.#transport.ask({ method: 'GET', path: `/action/${pathPart('id', id)}` });
  }

  async #order(method, names, input, headers) {
    required(method, names, ['providerConfigKey', 'connectionId', 'actionName']);
    return this.#transport.ask({
      method: 'POST',
      path: '/action/trigger',
      headers: { ...connectionHeaders(names), ...headers },
      json: { action_name: names.actionName, input },
    });
  }
}

// A statusUrl is a path of this API. What else it might be would get the key.
function idIn(statusUrl) {
  if (statusUrl === undefined) return undefined;
  const [, id] = /^\/action\/([\w-]+)$/.exec(statusUrl) ?? [];
  if (id) return id;
  throw invalidOptions(`getAsyncActionResult: statusUrl is ${JSON.stringify(statusUrl)}; expected "/action/…"`);
}
