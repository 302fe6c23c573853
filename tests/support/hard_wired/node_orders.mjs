// Clients of Node that trade: `node node_orders.mjs ccxt FOLDER URL KEY SECRET PASSPHRASE` prints what they see as JSON.
// Of ccxt only `urls.api` is changed, of KuCoin's own SDK only its endpoints. FOLDER is where the packages are.
import { createRequire } from 'node:module';

const [client, folder, url, apiKey, secret, password] = process.argv.slice(2);
const load = createRequire(`${folder}/`);

const CLIENTS = {
  async ccxt() {
    const { default: ccxt } = await import(load.resolve('ccxt'));
    const kucoin = new ccxt.kucoin({ apiKey, secret, password });
    for (const name of Object.keys(kucoin.urls.api)) kucoin.urls.api[name] = url;
    const symbol = 'BTC/USDT';
    const asked = { clientOrderId: 'node' };
    const first = await kucoin.createOrder(symbol, 'limit', 'buy', 0.01, 50000, asked);
    const changed = await kucoin.editOrder(first.id, symbol, 'limit', 'buy', 0.02, 51000);
    const open = await kucoin.fetchOpenOrders(symbol);
    const balance = (await kucoin.fetchBalance()).USDT;
    await kucoin.cancelOrder(changed.id, symbol);
    const taken = await kucoin.createOrder(symbol, 'market', 'buy', 0.01);
    const stop = await kucoin.createOrder(symbol, 'limit', 'sell', 0.01, 58000, { triggerPrice: 59000 });
    const waiting = await kucoin.fetchOpenOrders(symbol, undefined, undefined, { trigger: true });
    await kucoin.cancelOrder(stop.id, symbol, { trigger: true });
    const filled = await kucoin.fetchOrder(taken.id, symbol);
    const trades = await kucoin.fetchMyTrades(symbol);
    return {
      open: open.map((order) => [order.clientOrderId, order.price, order.amount, order.status]),
      held: balance.used,
      canceled: (await kucoin.fetchOrder(changed.id, symbol)).status,
      filled: [filled.status, filled.filled, filled.cost, filled.fee.cost],
      trades: trades.map((trade) => [trade.price, trade.amount, trade.fee.cost, trade.takerOrMaker]),
      waiting: waiting.map((order) => order.triggerPrice),
      fee: (await kucoin.fetchTradingFee(symbol)).taker,
    };
  },
  async 'kucoin-universal-sdk'() {
    const sdk = load('kucoin-universal-sdk');
    const options = new sdk.ClientOptionBuilder().setKey(apiKey).setSecret(secret).setPassphrase(password)
      .setSpotEndpoint(url).setFuturesEndpoint(url).setBrokerEndpoint(url)
      .setTransportOption(new sdk.TransportOptionBuilder().build());
    const api = new sdk.DefaultClient(options.build()).restService().getSpotService().getOrderApi();
    const { Order } = sdk.Spot;
    const asked = { clientOid: 'node', symbol: 'BTC-USDT', side: 'buy', type: 'limit', price: '50000', size: '0.01' };
    const made = await api.addOrder(Order.AddOrderReq.fromObject(asked));
    const named = { symbol: 'BTC-USDT', orderId: made.orderId };
    const open = await api.getOrderByOrderId(Order.GetOrderByOrderIdReq.fromObject(named));
    await api.cancelOrderByOrderId(Order.CancelOrderByOrderIdReq.fromObject(named));
    const done = await api.getOrderByOrderId(Order.GetOrderByOrderIdReq.fromObject(named));
    const taken = { symbol: 'BTC-USDT', side: 'buy', type: 'market', size: '0.01' };
    await api.addOrder(Order.AddOrderReq.fromObject(taken));
    const { items } = await api.getTradeHistory(Order.GetTradeHistoryReq.fromObject({ symbol: 'BTC-USDT' }));
    return {
      open: [open.clientOid, open.price, open.size, open.active],
      canceled: [done.active, done.cancelExist, done.cancelledSize],
      trades: items.map((fill) => [fill.price, fill.size, fill.fee, fill.liquidity]),
    };
  },
};

console.log(JSON.stringify(await CLIENTS[client]()));
process.exit(0); // a kept connection keeps nobody waiting
