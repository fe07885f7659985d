// An application whose server half is the npm package openid-client. It does what a line of standard input asks for and
// answers with a line of its own: `{"done": …}`, or `{"refused": "…"}` with what the package says.
import { createInterface } from 'node:readline';
import * as client from 'openid-client';

let config;
let authenticate;
let started;

const deeds = {
  async configure({ issuer, id, secret, signatures = true, patience }) {
    authenticate = { id, secret };
    // The provider of a test has no certificate.
    const execute = [client.allowInsecureRequests];
    if (signatures) execute.push(client.enableNonRepudiationChecks);
    config = await client.discovery(new URL(issuer), id, secret, undefined, { execute, timeout: patience });
    return config.serverMetadata().issuer;
  },

  /** Seconds until the application gives an answer up. */
  patience({ seconds }) {
    config.timeout = seconds;
  },

  /** Starts anew with the key set that was kept, which then is so many seconds old. */
  restart({ age }) {
    const kept = client.getJwksCache(config);
    config = new client.Configuration(config.serverMetadata(), authenticate.id, authenticate.secret);
    client.allowInsecureRequests(config);
    client.enableNonRepudiationChecks(config);
    client.setJwksCache(config, { ...kept, uat: kept.uat - age });
  },

  async begin({ parameters }) {
    started = {
      pkceCodeVerifier: client.randomPKCECodeVerifier(),
      expectedState: client.randomState(),
      expectedNonce: client.randomNonce(),
    };
    const address = client.buildAuthorizationUrl(config, {
      ...parameters,
      code_challenge: await client.calculatePKCECodeChallenge(started.pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: started.expectedState,
      nonce: started.expectedNonce,
    });
    return address.href;
  },

  async finish({ address }) {
    return withClaims(await client.authorizationCodeGrant(config, new URL(address), started));
  },

  async refresh({ token }) {
    return withClaims(await client.refreshTokenGrant(config, token));
  },

  user_info({ token, subject }) {
    return client.fetchUserInfo(config, token, subject);
  },

  exchange({ grant, fields }) {
    return client.genericGrantRequest(config, grant, fields);
  },

  revoke({ token }) {
    return client.tokenRevocation(config, token);
  },

  introspect({ token }) {
    return client.tokenIntrospection(config, token);
  },

  sign_out({ token, address }) {
    const parameters = { id_token_hint: token, post_logout_redirect_uri: address };
    return client.buildEndSessionUrl(config, parameters).href;
  },
};

function withClaims(tokens) {
  return { ...tokens, claims: tokens.claims() };
}

/** An error with its causes. A cause of the package may also be the data it looked at, of which a status says enough. */
function said(error) {
  const status = error.status ?? error.cause?.status;
  const words = [error.name, error.code, error.error, error.error_description, error.message, status];
  const own = words.filter(Boolean).join(': ');
  return error.cause instanceof Error ? `${own}; ${said(error.cause)}` : own;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { deed, ...what } = JSON.parse(line);
  let answer;
  try {
    answer = { done: (await deeds[deed](what)) ?? null };
  } catch (error) {
    answer = { refused: said(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
