'use strict';
// Leads KuCoin's hosts to a simulator inside one Node process, whichever library asks for them. Node 16 or newer.
//
// A connection to a name of KuCoin's goes to the simulator's port, and its TLS trusts the simulator's authority as
// well. Other names are left alone, and so is a process without our variables. No dependencies.

const lead = process.env.KUCOIN_SIMULATOR_LEAD;
if (lead) install(lead);

function install(lead) {
  const dns = require('dns');
  const fs = require('fs');
  const net = require('net');
  const tls = require('tls');

  const DOMAIN = 'kucoin.com';
  const SENTINEL = '127.83.67.1'; // what a name of KuCoin's resolves to; rewritten before it leaves the process
  const split = lead.lastIndexOf(':');
  const host = lead.slice(0, split).replace(/^\[|\]$/g, '');
  const port = Number(lead.slice(split + 1));
  const more = new Set((process.env.KUCOIN_SIMULATOR_LEAD_HOSTS || '').toLowerCase().split(/\s+/).filter(Boolean));
  const report = process.env.KUCOIN_SIMULATOR_LEAD_REPORT;

  function leads(name) {
    if (typeof name !== 'string') return false;
    const bare = name.toLowerCase().replace(/\.$/, '');
    return bare === DOMAIN || bare.endsWith('.' + DOMAIN) || more.has(bare);
  }

  const foreign = (address) => net.isIP(address || '') !== 0 && !/^(::ffff:)?127\.|^::1$/.test(address);

  function note(kind, text) {
    if (!report) return;
    try {
      fs.writeFileSync(report, `${process.pid}\t${kind}\t${text}\n`, { flag: fs.constants.O_WRONLY | fs.constants.O_APPEND });
    } catch { /* whoever started this process has ended */ }
  }

  let pem;
  function authority() {
    if (pem === undefined) {
      try {
        pem = fs.readFileSync(process.env.KUCOIN_SIMULATOR_CA || '', 'latin1');
      } catch (error) {
        pem = '';
        note('untrusted', `KUCOIN_SIMULATOR_CA cannot be read: ${error.message}`);
      }
    }
    return pem;
  }

  // TLS contexts that trust the authority as well. One without settings of its own is made once.
  const trusting = new WeakSet();
  let plain;
  const OWN = ['ca', 'cert', 'key', 'pfx', 'ciphers', 'minVersion', 'maxVersion', 'secureProtocol', 'secureOptions', 'crl',
    'ecdhCurve', 'sigalgs', 'dhparam', 'sessionIdContext', 'passphrase', 'privateKeyEngine', 'clientCertEngine'];
  function trust(options) {
    if (!authority()) return options.secureContext;
    const own = options.secureContext || OWN.some((name) => options[name] !== undefined && options[name] !== null);
    const context = options.secureContext || (own || !plain ? tls.createSecureContext(options) : plain);
    if (!own) plain = context;
    if (!trusting.has(context)) {
      context.context.addCACert(pem);
      trusting.add(context);
    }
    return context;
  }

  // net: every TCP connection of Node, whichever library makes it.
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const normalized = Array.isArray(args[0]) ? args[0] : null;
    const first = normalized ? normalized[0] : args[0];
    if (first && typeof first === 'object') {
      const name = first.host || first.hostname;
      if (!first.path && (leads(name) || name === SENTINEL)) {
        const led = { ...first, host, port, family: undefined, lookup: undefined, localAddress: undefined };
        if (normalized) normalized[0] = led;
        else args[0] = led;
      }
    } else if (typeof args[1] === 'string' && (leads(args[1]) || args[1] === SENTINEL)) {
      args[0] = port;
      args[1] = host;
    }
    return connect.apply(this, args);
  };

  // tls: the authority is trusted for KuCoin's names alone.
  const secure = tls.connect;
  tls.connect = function (...args) {
    const given = args.find((arg) => arg && typeof arg === 'object') || {};
    const callback = args.find((arg) => typeof arg === 'function');
    const name = given.servername || given.host || (typeof args[1] === 'string' ? args[1] : '');
    if (!leads(name)) return secure.apply(this, args);
    const options = { ...given, servername: name };
    if (typeof args[0] === 'number' || typeof args[0] === 'string') options.port = args[0];
    if (typeof args[1] === 'string') options.host = args[1];
    const peer = options.socket && options.socket.remoteAddress;
    if (foreign(peer)) {
      const text = `${name} was asked for at ${peer}:${options.socket.remotePort}, not by its name: an address or another proxy is used`;
      note('leak', text);
      options.socket.destroy();
      throw new Error(`kucoin-simulator: ${text}`);
    }
    if (!options.socket && foreign(options.host)) options.host = SENTINEL;
    options.secureContext = trust(options);
    return secure.call(this, options, ...(callback ? [callback] : []));
  };

  // dns: for who resolves a name first and connects to the address. The address is the sentinel.
  function answer(owner, method, answered) {
    const original = owner && owner[method];
    if (typeof original !== 'function') return;
    owner[method] = function (name, ...rest) {
      if (!leads(name)) return original.call(this, name, ...rest);
      const callback = rest[rest.length - 1];
      const values = answered(rest[0]);
      if (typeof callback !== 'function') return Promise.resolve(values[0]);
      process.nextTick(callback, null, ...values);
    };
    for (const key of Object.getOwnPropertySymbols(original)) owner[method][key] = original[key];
  }
  function looked(options) {
    return options && options.all ? [[{ address: SENTINEL, family: 4 }]] : [SENTINEL, 4];
  }
  answer(dns, 'lookup', looked);
  answer(dns.promises, 'lookup', (options) => [options && options.all ? looked(options)[0] : { address: SENTINEL, family: 4 }]);
  const resolvers = [dns, dns.promises, dns.Resolver && dns.Resolver.prototype, dns.promises.Resolver && dns.promises.Resolver.prototype];
  for (const owner of resolvers) {
    answer(owner, 'resolve4', (options) => [options && options.ttl ? [{ address: SENTINEL, ttl: 60 }] : [SENTINEL]]);
    answer(owner, 'resolve6', () => [[]]);
    answer(owner, 'resolve', (type) => [typeof type === 'string' && type !== 'A' ? [] : [SENTINEL]]);
  }

  const { syncBuiltinESMExports } = require('module');
  if (syncBuiltinESMExports) syncBuiltinESMExports();
  note('led', `Node ${process.versions.node}`);
}
