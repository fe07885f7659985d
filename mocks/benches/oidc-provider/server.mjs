// The yardstick of the login bench: the npm package `oidc-provider` with one public client, signing people in by a form.
// Configured to do the work that the mock does: an RS256 identity token with the person's claims, an RS256 access token
// for one audience, no consent page. It prints its issuer, and ends with its standard input.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const [clientId, redirectUri, email, password] = process.argv.slice(2);
const AUDIENCE = 'urn:bench';
const SCOPE = 'openid profile email';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function configuration() {
  return {
    clients: [
      {
        client_id: clientId,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'none',
        scope: SCOPE,
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'bench' }] },
    cookies: { keys: ['a key of this bench alone'] },
    claims: { openid: ['sub'], profile: ['name', 'locale'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: SCOPE,
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    async findAccount(_context, id) {
      return {
        accountId: id,
        claims: () => ({ sub: id, name: 'A person', locale: 'en', email, email_verified: true }),
      };
    },
    // The application is the provider's own: nobody is asked for consent.
    async loadExistingGrant(context) {
      const { client, session, provider } = context.oidc;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(SCOPE);
      grant.addResourceScope(AUDIENCE, SCOPE);
      await grant.save();
      return grant;
    },
  };
}

const page = (uid) => `<!doctype html><title>Sign in</title><form method="post" action="/interaction/${uid}">
<input type="hidden" name="request" value="${uid}">
<input name="email"><input name="password" type="password"><button>Sign in</button></form>`;

async function interact(provider, request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(page(details.uid));
    return;
  }
  let text = '';
  for await (const part of request) text += part;
  const fields = new URLSearchParams(text);
  if (fields.get('email') !== email || fields.get('password') !== password) {
    response.writeHead(403).end();
    return;
  }
  const result = { login: { accountId: 'person-1', amr: ['pwd'] } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

let provider;
let answer;
const server = createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) {
    answer(request, response);
    return;
  }
  interact(provider, request, response).catch((error) => {
    response.writeHead(500).end(String(error));
  });
});
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(issuer, configuration());
  answer = provider.callback();
  console.log(issuer);
});

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
