// Starts a stock Vendure for a conformance run. One process, loopback only, everything in memory: a start is always an
// empty shop, and a stop leaves nothing behind. What is sold in it is set up over HTTP by the target file, not here.
'use strict';

// Before Vendure is loaded: by itself it would report its start to its makers.
process.env.VENDURE_DISABLE_TELEMETRY = 'true';

const vendure = require('@vendure/core');

const HOST = '127.0.0.1';
const port = portFrom(process.env.VENDURE_PORT ?? '3900');

const config = {
  // Only what goes wrong, so that the READY line is not one of a hundred. Refusals that are faults show up here.
  logger: new vendure.DefaultLogger({ level: vendure.LogLevel.Error, timestamp: false }),
  apiOptions: { hostname: HOST, port, adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
  authOptions: {
    tokenMethod: 'bearer',
    // No secrets: nobody but this machine reaches the server, and it holds no data worth taking.
    superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
  },
  // SQLite compiled to WebAssembly; without a `location` it has no file.
  dbConnectionOptions: { type: 'sqljs', autoSave: false, synchronize: true },
  paymentOptions: { paymentMethodHandlers: [vendure.dummyPaymentHandler] },
};

async function main() {
  const app = await vendure.bootstrap(config);
  // Nest has hooks of its own for these signals, and they end by raising the signal again: exit 0 says it was asked for.
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.removeAllListeners(signal);
    process.once(signal, () => app.close().then(() => process.exit(0), fail));
  }
  console.log(`READY http://${HOST}:${port}/admin-api pid ${process.pid}`);
}

function portFrom(text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65535) {
    fail(`VENDURE_PORT must be a number from 1 to 65535, not "${text}"`);
  }
  return number;
}

function fail(error) {
  console.error(error);
  process.exit(1);
}

main().catch(fail);
