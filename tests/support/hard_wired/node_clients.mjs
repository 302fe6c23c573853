// Node clients with hard-wired hosts: `node node_clients.mjs fetch` calls KuCoin and prints `here`.
import assert from 'node:assert/strict';
import https from 'node:https';

const TIME = 'https://api.kucoin.com/api/v1/timestamp';
const TOKEN = 'https://www.kucoin.com/_oauth/access-token?grant_type=authorization_code&code=0&client_id=0';
const OURS = 'x-sim-entry';
// the key of the scenario `fixed-key`
const KEY = ['6a1d0c7e5b2f4800019c3d21', '0b7c9a52-6f1e-4d38-9a40-5c2e8f71d6b3', '4e1f9c07b85d2a63'];

const CLIENTS = {
  async fetch() {
    for (const url of [TIME, TOKEN]) assert.ok((await fetch(url)).headers.get(OURS));
  },
  async https() {
    for (const url of [TIME, TOKEN]) {
      const response = await new Promise((resolve, reject) => https.get(url, resolve).on('error', reject));
      response.resume();
      assert.ok(response.headers[OURS]);
    }
  },
  async got() {
    const { got } = await import('got');
    const options = { throwHttpErrors: false, retry: { limit: 0 } };
    for (const url of [TIME, TOKEN]) assert.ok((await got(url, options)).headers[OURS]);
  },
  async axios() {
    const { default: axios } = await import('axios');
    for (const url of [TIME, TOKEN]) assert.ok((await axios.get(url, { validateStatus: null })).headers[OURS]);
  },
  async ccxt() {
    const { default: ccxt } = await import('ccxt');
    const kucoin = new ccxt.kucoin({ apiKey: KEY[0], secret: KEY[1], password: KEY[2] });
    assert.ok(await kucoin.fetchTime());
    assert.ok((await kucoin.fetchBalance({ type: 'main' })).USDT);
  },
  async 'kucoin-universal-sdk'() {
    const sdk = await import('kucoin-universal-sdk');
    const { ClientOptionBuilder, DefaultClient, TransportOptionBuilder } = sdk.default ?? sdk;
    const { GlobalApiEndpoint, GlobalBrokerApiEndpoint, GlobalFuturesApiEndpoint } = sdk.default ?? sdk;
    const options = new ClientOptionBuilder().setKey(KEY[0]).setSecret(KEY[1]).setPassphrase(KEY[2])
      .setSpotEndpoint(GlobalApiEndpoint).setFuturesEndpoint(GlobalFuturesApiEndpoint)
      .setBrokerEndpoint(GlobalBrokerApiEndpoint)
      .setTransportOption(new TransportOptionBuilder().build());
    const account = new DefaultClient(options.build()).restService().getAccountService().getAccountApi();
    assert.ok((await account.getAccountInfo()).level !== undefined);
  },
};

await CLIENTS[process.argv[2]]();
console.log('here');
process.exit(0); // a kept connection keeps nobody waiting
