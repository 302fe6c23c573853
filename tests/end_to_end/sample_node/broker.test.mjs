// Run by: kucoin-simulator exec -- node --test
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Broker, Refused } from './broker.mjs';

const PAYMENT = { currency: 'USDT', chain: 'trx', withdrawType: 'ADDRESS', address: 'TSomebodyTSomebodyTSomebodyTSomebo', amount: '100' };
let space, broker;

/** A call of this test's own control surface. */
async function control(method, path, body) {
  const init = { method, headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) };
  const response = await fetch(space.urls.control + path, init);
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.json();
}

/** What comes back with the user from consent. */
async function consent(user) {
  const grant = ['API_COMMON', 'API_WITHDRAW_OAUTH'];
  const redirect_uri = broker.redirectUri;
  return (await control('POST', '/authorizations', { user, client_id: broker.clientId, redirect_uri, state: 's', grant })).code;
}

const connected = async (user) => broker.exchange(await consent(user));
const keyOf = async (user) => broker.addKey(await connected(user));
const refused = (code) => (error) => error instanceof Refused && error.code === code;

beforeEach(async () => {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
  space = await (await fetch(`${process.env.KUCOIN_SIMULATOR_URL}/_sim/v1/workspaces`, init)).json();
  broker = new Broker(space.client_id, space.redirect_uris[0]);
});

test('the login page opens at the hard-wired host', async () => {
  const page = await fetch(broker.loginLink('s'));
  assert.equal(page.status, 200);
  assert.match(await page.text(), /Log in/);
});

test('a code brings a pair of tokens', async () => {
  const tokens = await connected('alice');
  assert.equal(tokens.expires_in, 3600);
  assert.notEqual(tokens.access_token, tokens.refresh_token);
});

test('a code is good once', async () => {
  const code = await consent('alice');
  await broker.exchange(code);
  await assert.rejects(broker.exchange(code), Refused);
});

test('a refresh retires the old access token (s6.3)', async () => {
  const old = await connected('alice');
  const fresh = await broker.refresh(old);
  await assert.rejects(broker.addKey(old), Refused);
  assert.ok((await broker.addKey(fresh)).apiKey);
});

test('an access token lives an hour', async () => {
  const tokens = await connected('alice');
  await control('POST', '/clock/advance', { by: '61m' });
  await assert.rejects(broker.addKey(tokens), (error) => error.status === 401);
  assert.ok((await broker.addKey(await broker.refresh(tokens))).apiKey);
});

test('dave has no room for a key', async () => {
  await assert.rejects(keyOf('dave'), /maximum level/);
});

test('frank is paid at once', async () => {
  const key = await keyOf('frank');
  const { withdrawalId } = await broker.withdraw(key, PAYMENT);
  assert.deepEqual((await broker.history(key)).map((row) => row.id), [withdrawalId]);
});

test('alice proves it with two factors', async () => {
  const key = await keyOf('alice');
  const { transactionId, allFactors } = await broker.withdraw(key, PAYMENT);
  assert.deepEqual(allFactors, [['GAV', 'EMV']]);
  const [{ code: emv }] = (await control('GET', '/users/alice/messages')).messages;
  const { code: gav } = await control('GET', '/users/alice/totp');
  const factors = [{ factorType: 'GAV', factorValue: gav }, { factorType: 'EMV', factorValue: emv }];
  assert.ok((await broker.withdraw(key, { ...PAYMENT, validation: { transactionId, factors } })).withdrawalId);
});

test('erin is frozen', async () => {
  await assert.rejects(broker.withdraw(await keyOf('erin'), PAYMENT), refused('411100'));
});

test('a lost answer is found in the history', async () => {
  const key = await keyOf('frank');
  await control('POST', '/faults', { operation: 'withdraw', times: 1, at: 'after_commit', network: 'reset' });
  await assert.rejects(broker.withdraw(key, PAYMENT), { code: 'ECONNRESET' });
  assert.equal((await broker.history(key)).length, 1);
});

test('every call was signed right', async () => {
  await broker.history(await keyOf('frank'));
  const { requests } = await control('GET', '/requests');
  assert.deepEqual([...new Set(requests.map((line) => line.outcome))], ['OK']);
});
