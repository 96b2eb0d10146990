// An OpenID provider for tests: the first line of its input says which clients, people and keys it has and which port.
// It says "listening PORT" when it does, and ends when its input ends.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { clients, people, jwks, port, tokens, installed } = JSON.parse((await lines.next()).value);
const { default: Provider } = await import(pathToFileURL(createRequire(`${installed}/`).resolve('oidc-provider')));

const server = createServer();
await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
const provider = new Provider(`http://127.0.0.1:${server.address().port}`, {
  clients,
  jwks,
  claims: { openid: ['sub', 'groups', 'email', 'name'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['only for tests'] },
  features: { devInteractions: { enabled: true }, deviceFlow: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  ttl: { IdToken: tokens, AccessToken: 600, AuthorizationCode: 60, DeviceCode: 600, Grant: 3600, Interaction: 600, Session: 3600 },
});
server.on('request', provider.callback());
console.log(`listening ${server.address().port}`);
await lines.next();
process.exit(0);
