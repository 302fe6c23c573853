// A broker in Node without dependencies. Its hosts are constants: tokens by fetch, signed calls by node:https.
import { createHmac } from 'node:crypto';
import https from 'node:https';

const WWW = 'https://www.kucoin.com';
const API = 'https://api.kucoin.com';
const SCOPE = 'OAUTH_CREATE_API';
const GROUPS = { API_COMMON: true, API_WITHDRAW_OAUTH: true };

export class Refused extends Error {
  constructor(status, code, message) {
    super(`${code}: ${message}`);
    Object.assign(this, { status, code });
  }
}

const hmac = (secret, text) => createHmac('sha256', secret).update(text).digest('base64');

/** The answer's JSON, or a `Refused`. */
function judged(status, answer) {
  const good = answer.access_token || ['200', '200000'].includes(String(answer.code));
  if (status >= 400 || !good || answer.success === false) {
    throw new Refused(status, answer.code ?? answer.error, answer.msg ?? answer.error_description);
  }
  return answer;
}

/** A call of node:https, with keep-alive as its agent likes it. */
function call(method, target, headers, body) {
  return new Promise((resolve, reject) => {
    const request = https.request(API + target, { method, headers }, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () => resolve([response.statusCode, Buffer.concat(pieces).toString()]));
    });
    request.on('error', reject);
    request.end(body);
  });
}

export class Broker {
  constructor(clientId, redirectUri) {
    Object.assign(this, { clientId, redirectUri });
  }

  loginLink(state) {
    const query = `client_id=${this.clientId}&redirect_uri=${this.redirectUri}&scope=${SCOPE}&state=${state}`;
    return `${WWW}/oauth?response_type=code&${query}`;
  }

  async exchange(code) {
    const query = `code=${code}&redirect_uri=${this.redirectUri}&client_id=${this.clientId}`;
    const response = await fetch(`${WWW}/_oauth/access-token?grant_type=authorization_code&${query}`);
    return judged(response.status, await response.json());
  }

  async refresh(tokens) {
    const body = { grant_type: 'authorization_code', refresh_token: tokens.refresh_token, scope: SCOPE };
    return this.post('/_oauth/refresh-token', body);
  }

  async addKey(tokens) {
    const path = '/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add';
    const headers = { Authorization: `bearer ${tokens.access_token}` };
    return (await this.post(path, { authGroupMap: GROUPS, isAddressbookOnly: false }, headers)).data;
  }

  async post(path, body, headers = {}) {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) };
    const response = await fetch(WWW + path, init);
    return judged(response.status, await response.json());
  }

  async signed(key, method, target, body = '') {
    const now = String(Date.now());
    const headers = {
      'Content-Type': 'application/json',
      'KC-API-KEY': key.apiKey,
      'KC-API-SIGN': hmac(key.secret, now + method + target + body),
      'KC-API-TIMESTAMP': now,
      'KC-API-PASSPHRASE': hmac(key.secret, key.passphrase),
      'KC-API-KEY-VERSION': '3',
    };
    const [status, text] = await call(method, target, headers, body);
    return judged(status, JSON.parse(text)).data;
  }

  withdraw(key, fields) {
    return this.signed(key, 'POST', '/api/v2/broker/withdrawal', JSON.stringify(fields));
  }

  async history(key, currency = 'USDT') {
    return (await this.signed(key, 'GET', `/api/v1/withdrawals?pageSize=50&currentPage=1&currency=${currency}`)).items;
  }
}
