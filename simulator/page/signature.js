// Checks a webhook's signatures as a receiver would: over the bytes of its body.

const encoder = new TextEncoder();
const hex = buffer => [...new Uint8Array(buffer)].map(b => b.toString(16).padStart(2, '0')).join('');

async function hmac(key, body) {
  const imported = await crypto.subtle.importKey('raw', encoder.encode(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return hex(await crypto.subtle.sign('HMAC', imported, encoder.encode(body)));
}

const header = (headers, pattern) => Object.entries(headers).find(([name]) => pattern.test(name));

// [{ name, value, verdict: 'right' | 'wrong', how }], one for each signature that is there.
export async function checkSignatures({ headers, body }, { signing_key: signingKey, secret_key: secretKey }) {
  if (!globalThis.crypto?.subtle) return [];
  const found = [];
  const judge = (pair, expected, how) => {
    if (!pair) return;
    const given = pair[1].split(',').map(s => s.trim());
    found.push({ name: pair[0], value: pair[1], verdict: given.includes(expected) ? 'right' : 'wrong', how });
  };
  judge(header(headers, /^x-.+-hmac-sha256$/i), await hmac(signingKey, body), 'HMAC-SHA256 of the body under the signing key');
  const legacy = header(headers, /^x-.+-signature$/i);
  const [legacyKey, itsName] = /^x-nango-/i.test(legacy?.[0]) ? [signingKey, 'signing key'] : [secretKey, 'secret key'];
  const digest = hex(await crypto.subtle.digest('SHA-256', encoder.encode(legacyKey + body)));
  judge(legacy, digest, `SHA-256 of ${itsName} and body (legacy)`);
  return found;
}
