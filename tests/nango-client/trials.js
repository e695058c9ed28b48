// What is tried of the client, method by method; client.test.js runs it, and makes the table of docs/nango-client.md of it.
//
//   sends     the requests that the method makes, as they are seen on the wire: no others, and each of them
//   tries     what is tried of it, in words
//   run       tries it, and throws where the answer is not what a caller needs
//   unserved  in place of run, of a method whose path the simulator does not have: a call of it
//   within    in place of all these, of what other methods are made of: those
import { actionTrials } from './action_trials.js';
import { connectionTrials } from './connection_trials.js';
import { integrationTrials } from './integration_trials.js';
import { proxyTrials } from './proxy_trials.js';
import { recordTrials } from './record_trials.js';
import { syncTrials } from './sync_trials.js';
import { webhookTrials } from './webhook_trials.js';

const unserved = (sends, call) => ({ sends: [sends], unserved: call });

export const trials = {
  ...recordTrials,
  ...syncTrials,
  ...connectionTrials,
  ...integrationTrials,
  ...actionTrials,
  ...proxyTrials,
  ...webhookTrials,

  listProviders: unserved('GET /providers', (nango) => nango.listProviders({ search: 'git' })),
  getProvider: unserved('GET /providers/{provider}', (nango) => nango.getProvider({ provider: 'github' })),
  getProviderTemplates: unserved('GET /providers/{provider}/templates', (nango) =>
    nango.getProviderTemplates({ provider: 'github' })),
  createQuickstartIntegration: unserved('POST /integrations/quickstart', (nango) =>
    nango.createQuickstartIntegration({ provider: 'github', unique_key: 'quick' })),
  listFunctions: unserved('GET /integrations/{key}/functions', (nango) => nango.listFunctions({ uniqueKey: 'github' })),
  getFunction: unserved('GET /integrations/{key}/functions/{name}', (nango) =>
    nango.getFunction({ uniqueKey: 'github', name: 'github-issues' })),
  getFunctionCode: unserved('GET /integrations/{key}/functions/{name}/code', (nango) =>
    nango.getFunctionCode({ uniqueKey: 'github', name: 'github-issues' })),
  deleteFunction: unserved('DELETE /integrations/{key}/functions/{name}', (nango) =>
    nango.deleteFunction({ uniqueKey: 'github', name: 'github-issues' }, { type: 'sync' })),
  getScriptsConfig: unserved('GET /scripts/config', (nango) => nango.getScriptsConfig()),
  getEnvironmentVariables: unserved('GET /environment-variables', (nango) => nango.getEnvironmentVariables()),
  createConnectSession: unserved('POST /connect/sessions', (nango) =>
    nango.createConnectSession({ end_user: { id: 'u1' } })),
  createReconnectSession: unserved('POST /connect/sessions/reconnect', (nango) =>
    nango.createReconnectSession({ connection_id: 'demo', integration_id: 'github' })),

  _triggerAction: { within: '`triggerAction` and `triggerActionAsync`' },
  _verifyWebhookSignatureImpl: { within: '`verifyWebhookSignature`' },
  getConnectionDetails: { within: 'what reads a connection' },
  enrichHeaders: { within: 'all that send something' },
};
