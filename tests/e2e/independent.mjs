// oidc-provider, a certified OpenID provider that knows nothing of Polar, as a deployer should configure it for pages: public
// clients by registration, PKCE demanded, refresh tokens rotated, CORS for every origin. Whoever comes is signed in and has
// agreed already, so that a check needs nobody. Prints its origin once it listens.

import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Its notices say that this is no production.
console.info = console.warn = () => {};

const program = join(process.env.OIDC_PROVIDER, 'node_modules/oidc-provider/lib/index.js');
const { default: Provider, errors } = await import(pathToFileURL(program));

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

function configuration() {
  return {
    scopes: ['openid', 'email', 'profile'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, email: `${accountId}@example.com`, email_verified: true }),
    }),
    clientBasedCORS: () => true,
    pkce: { required: () => true },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      registrationManagement: { enabled: true },
      revocation: { enabled: true },
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    // It takes http for a web client unless it is told better: OpenID Connect forbids that for the implicit flow only, and
    // RFC 9700 §2.6, which is younger, for all.
    extraClientMetadata: {
      properties: ['without_tls'],
      validator(_, __, ___, { redirect_uris }) {
        const isOpen = ({ protocol, hostname }) => protocol === 'http:' && !LOOPBACK.includes(hostname);
        if (redirect_uris?.some((uri) => isOpen(new URL(uri)))) {
          throw new errors.InvalidClientMetadata('redirect_uris must be https');
        }
      },
    },
  };
}

// A page of another origin may register, and delete what it made: oidc-provider has no setting for it.
async function open_registration(ctx, next) {
  if (!ctx.path.startsWith('/reg')) return next();
  ctx.set('access-control-allow-origin', '*');
  if (ctx.method !== 'OPTIONS') return next();
  ctx.set('access-control-allow-methods', 'GET, POST, PUT, DELETE');
  ctx.set('access-control-allow-headers', 'authorization, content-type');
  ctx.status = 204;
}

function agree(provider) {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    const { params } = await provider.interactionDetails(ctx.req, ctx.res);
    const grant = new provider.Grant({ accountId: 'dev', clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const result = { login: { accountId: 'dev' }, consent: { grantId: await grant.save() } };
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
  };
}

const server = createServer();
server.listen(0, 'localhost', () => {
  const origin = `http://localhost:${server.address().port}`;
  const provider = new Provider(origin, configuration());
  provider.use(open_registration);
  provider.use(agree(provider));
  provider.on('server_error', (_, error) => console.error(error));
  server.on('request', provider.callback());
  console.log(origin);
});
