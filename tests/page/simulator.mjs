// A simulator of its own for each test: on a free port, in virtual time.
import { spawn } from 'node:child_process';
import readline from 'node:readline';

export class Simulator {
  static start(program, flags = []) {
    const simulator = new Simulator();
    simulator.process = spawn(program, ['serve', '--port', '0', '--clock', 'virtual', '--log-level', 'error', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    simulator.said = '';
    simulator.process.stderr.on('data', text => { simulator.said += text; });
    return new Promise((resolve, reject) => {
      simulator.process.on('error', reject);
      simulator.process.on('exit', code => reject(new Error(`the simulator ended with ${code}: ${simulator.said}`)));
      readline.createInterface({ input: simulator.process.stdout }).on('line', line => {
        const ready = /base_url=(\S+) secret_key=(\S+)/.exec(line);
        if (!ready) return;
        [, simulator.base, simulator.key] = ready;
        resolve(simulator);
      });
    });
  }

  stop() {
    return new Promise(resolve => {
      this.process.removeAllListeners('exit');
      this.process.on('exit', resolve);
      this.process.kill('SIGTERM');
    });
  }

  async control(method, path, body) {
    return this.answer(await fetch(`${this.base}/_simulator/${path}`, { method, body: body && JSON.stringify(body) }));
  }

  // A call of the public API, as a backend makes it.
  async call(method, path, { integration, connection, body } = {}) {
    const headers = { Authorization: `Bearer ${this.key}` };
    if (integration) Object.assign(headers, { 'Provider-Config-Key': integration, 'Connection-Id': connection });
    if (body) headers['Content-Type'] = 'application/json';
    return this.answer(await fetch(this.base + path, { method, headers, body: body && JSON.stringify(body) }));
  }

  async answer(response) {
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${text}`);
    return /json/.test(response.headers.get('content-type')) && !/ndjson/.test(response.headers.get('content-type')) ? JSON.parse(text) : text;
  }
}
