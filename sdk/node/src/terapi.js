import { Actions } from './actions.js';
import { Connections } from './connections.js';
import { Integrations } from './integrations.js';
import { Proxy } from './proxy.js';
import { Records } from './records.js';
import { readSettings } from './settings.js';
import { Syncs } from './syncs.js';
import { Transport } from './transport.js';
import { headerNamed, isSignedWith } from './webhook_signature.js';

/** A client of one environment. ../index.d.ts says of each method what it takes, answers and throws. */
export class Terapi {
  // All private, so that whoever logs a client does not log its key.
  #settings;
  #records;
  #syncs;
  #connections;
  #integrations;
  #actions;
  #proxy;

  constructor(options = {}) {
    this.#settings = readSettings(options, process.env);
    const transport = new Transport(this.#settings);
    this.#records = new Records(transport, this.#settings.dialect);
    this.#syncs = new Syncs(transport);
    this.#connections = new Connections(transport);
    this.#integrations = new Integrations(transport);
    this.#actions = new Actions(transport);
    this.#proxy = new Proxy(transport, this.#settings);
  }

  // ---- Records ----

  async listRecords(options) {
    return this.#records.list(options);
  }

  recordPages(options) {
    return this.#records.pages(options);
  }

  async pruneRecords(options) {
    return this.#records.prune(options);
  }

  // ---- Syncs ----

  async triggerSync(providerConfigKey, syncs, connectionId, opts) {
    return this.#syncs.trigger(providerConfigKey, syncs, connectionId, opts);
  }

  async startSync(providerConfigKey, syncs, connectionId) {
    return this.#syncs.start(providerConfigKey, syncs, connectionId);
  }

  async pauseSync(providerConfigKey, syncs, connectionId) {
    return this.#syncs.pause(providerConfigKey, syncs, connectionId);
  }

  async syncStatus(providerConfigKey, syncs, connectionId) {
    return this.#syncs.status(providerConfigKey, syncs, connectionId);
  }

  async updateSyncConnectionFrequency(providerConfigKey, sync, connectionId, frequency) {
    return this.#syncs.updateFrequency(providerConfigKey, sync, connectionId, frequency);
  }

  async createSyncVariant(options) {
    return this.#syncs.createVariant(options);
  }

  async deleteSyncVariant(options) {
    return this.#syncs.deleteVariant(options);
  }

  // ---- Connections ----

  async listConnections(options) {
    return this.#connections.list(options);
  }

  async getConnection(providerConfigKey, connectionId, forceRefresh, refreshToken) {
    return this.#connections.get(providerConfigKey, connectionId, forceRefresh, refreshToken);
  }

  async createConnection(options) {
    return this.#connections.create(options);
  }

  async patchConnection(params, changes) {
    return this.#connections.patch(params, changes);
  }

  async deleteConnection(providerConfigKey, connectionId) {
    return this.#connections.delete(providerConfigKey, connectionId);
  }

  async getMetadata(providerConfigKey, connectionId) {
    return this.#connections.getMetadata(providerConfigKey, connectionId);
  }

  async setMetadata(providerConfigKey, connectionId, metadata) {
    return this.#connections.setMetadata(providerConfigKey, connectionId, metadata);
  }

  async updateMetadata(providerConfigKey, connectionId, metadata) {
    return this.#connections.updateMetadata(providerConfigKey, connectionId, metadata);
  }

  // ---- Integrations ----

  async listIntegrations() {
    return this.#integrations.list();
  }

  async getIntegration(params, queries) {
    return this.#integrations.get(params, queries);
  }

  async createIntegration(integration) {
    return this.#integrations.create(integration);
  }

  async updateIntegration(params, changes) {
    return this.#integrations.update(params, changes);
  }

  async deleteIntegration(uniqueKey) {
    return this.#integrations.delete(uniqueKey);
  }

  // ---- Writing back ----

  async triggerAction(providerConfigKey, connectionId, actionName, input) {
    return this.#actions.trigger(providerConfigKey, connectionId, actionName, input);
  }

  async triggerActionAsync(providerConfigKey, connectionId, actionName, input) {
    return this.#actions.triggerAsync(providerConfigKey, connectionId, actionName, input);
  }

  async getAsyncActionResult(options) {
    return this.#actions.result(options);
  }

  async proxy(options) {
    return this.#proxy.send(options);
  }

  async get(options) {
    return this.#proxy.send({ ...options, method: 'GET' });
  }

  async post(options) {
    return this.#proxy.send({ ...options, method: 'POST' });
  }

  async put(options) {
    return this.#proxy.send({ ...options, method: 'PUT' });
  }

  async patch(options) {
    return this.#proxy.send({ ...options, method: 'PATCH' });
  }

  async delete(options) {
    return this.#proxy.send({ ...options, method: 'DELETE' });
  }

  // ---- Webhooks ----

  verifyIncomingWebhookRequest(rawBody, headers) {
    const { dialect, signingKey } = this.#settings;
    return isSignedWith(rawBody, headerNamed(headers, dialect.signatureHeader), signingKey);
  }
}
