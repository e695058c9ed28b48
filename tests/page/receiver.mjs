// A backend's webhook receiver: keeps what comes, answers what it is told to, verifies signatures.
import { createHmac } from 'node:crypto';
import http from 'node:http';

export class Receiver {
  static start() {
    const receiver = new Receiver();
    receiver.status = 204;
    receiver.webhooks = [];
    receiver.waiting = [];
    receiver.server = http.createServer((request, response) => receiver.take(request, response));
    return new Promise(resolve => receiver.server.listen(0, '127.0.0.1', () => {
      receiver.url = `http://127.0.0.1:${receiver.server.address().port}/webhooks`;
      resolve(receiver);
    }));
  }

  take(request, response) {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      this.webhooks.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(this.status, { 'X-Who': 'from the backend' }).end(this.status === 204 ? undefined : 'not today');
      this.waiting = this.waiting.filter(({ count, resolve }) => this.webhooks.length < count || resolve());
    });
  }

  // Until so many webhooks have come in all.
  came(count) {
    if (this.webhooks.length >= count) return Promise.resolve();
    return new Promise(resolve => this.waiting.push({ count, resolve }));
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise(resolve => this.server.close(resolve));
  }
}

export const isSigned = ({ headers, body }, key) =>
  headers['x-terapi-hmac-sha256'].split(',').includes(createHmac('sha256', key).update(body).digest('hex'));
