import assert from 'node:assert/strict';

/** How the client tells of an answer outside 2xx: an AxiosError with its status and body. */
export async function refused(promise, status, code) {
  await assert.rejects(promise, ({ response, message }) => {
    assert.equal(response?.status, status, message);
    assert.equal(response.data.error.code, code);
    return true;
  });
}
