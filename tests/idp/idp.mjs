// An OpenID provider of its own, certified, that signs in whoever the test says, and errs where it says.
// Below /fhir it is a record system too, that launches by SMART on FHIR and has one Patient.
// node idp.mjs PORT REDIRECT_URI POST_LOGOUT_URI BACKCHANNEL_URI LAUNCH_URI; POST /scenario sets what comes.
import { createServer } from "node:http";
import { generateKeyPair, exportJWK, exportPKCS8, importJWK, SignJWT, decodeJwt } from "jose";
import { Provider } from "oidc-provider";

const [port, redirectUri, afterLogout, backchannel, launchUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const LOA = (n) => `http://id.sambi.se/loa/loa${n}`;
const CLAIMS = [
  "employeeHsaId", "given_name", "family_name", "title", "allCommissions", "commissionHsaId",
  "commissionPurpose", "commissionRight", "healthCareUnitHsaId", "healthCareProviderHsaId",
  "personalIdentityNumber",
];
const makeKey = async (kid) => {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
};
const key = await makeKey("first");
const stranger = await makeKey("first");
let scenario = { account: "nobody", acr: LOA(3), claims: {}, fault: "" };
const own = await generateKeyPair("ES256", { extractable: true });
const ownPublic = { ...(await exportJWK(own.publicKey)), kid: "ours", alg: "ES256", use: "sig" };
const asked = {};
const count = (what) => { asked[what] = (asked[what] ?? 0) + 1; };

const provider = new Provider(issuer, {
  clients: [{
    client_id: "portal", client_secret: "a-secret-of-the-tests-alone",
    redirect_uris: [redirectUri, launchUri], post_logout_redirect_uris: [afterLogout],
    backchannel_logout_uri: backchannel, backchannel_logout_session_required: true,
    response_types: ["code"], grant_types: ["authorization_code"],
    token_endpoint_auth_method: "client_secret_basic",
  }, {
    client_id: "portal-by-key", jwks: { keys: [ownPublic] },
    redirect_uris: [redirectUri], response_types: ["code"], grant_types: ["authorization_code"],
    token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: "ES256",
  }],
  jwks: { keys: [key] },
  acrValues: [LOA(2), LOA(3), LOA(4)],
  conformIdTokenClaims: false,
  scopes: ["openid", "launch", "patient/Patient.rs"],
  extraParams: ["launch", "aud"],
  claims: { openid: ["sub", ...CLAIMS], acr: null, auth_time: null, sid: null, iss: null },
  pkce: { required: () => true },
  cookies: { keys: ["a", "b"] },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => { ctx.body = form; },
      postLogoutSuccessSource: (ctx) => { ctx.body = "out"; },
    },
  },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...scenario.claims }) }),
  // Whoever signs in has consented: staff are not asked by their employer's own provider.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid launch patient/Patient.rs");
    await grant.save();
    return grant;
  },
  renderError: (ctx, out) => { ctx.body = out; },
});

const FAULTS = {
  audience: (claims) => ({ ...claims, aud: "somebody-else" }),
  expired: (claims) => ({ ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 }),
  issuer: (claims) => ({ ...claims, iss: "http://127.0.0.1:1" }),
  nonce: (claims) => ({ ...claims, nonce: scenario.nonce ?? "another" }),
  no_nonce: ({ nonce, ...claims }) => claims,
  old_login: (claims) => ({ ...claims, auth_time: claims.iat - 86400 }),
  no_acr: ({ acr, ...claims }) => claims,
  many_audiences: (claims) => ({ ...claims, aud: ["portal", "somebody-else"] }),
  signature: (claims) => claims,
  new_key: (claims) => claims,
  unsigned: (claims) => claims,
  secret: (claims) => claims,
};
const rotated = await makeKey("second");
const sign = async (claims, fault) => {
  if (fault === "unsigned") {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part({ alg: "none", kid: "first" })}.${part(claims)}.`;
  }
  if (fault === "secret") {
    const secret = new TextEncoder().encode("a-secret-of-the-tests-alone");
    return new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "first" }).sign(secret);
  }
  const with_ = { signature: stranger, new_key: rotated }[fault] ?? key;
  return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: with_.kid }).sign(await importJWK(with_, "RS256"));
};
provider.use(async (ctx, next) => {
  count(ctx.path);
  if (ctx.path === "/auth") scenario.authorized = { ...ctx.query };
  await next();
  if (ctx.path === "/token" && ctx.body?.id_token && scenario.authorized?.launch) {
    if (scenario.authorized.launch === scenario.launch && scenario.authorized.aud === `${issuer}/fhir`) {
      ctx.body = { ...ctx.body, patient: scenario.patient };
    }
  }
  if (ctx.path === "/jwks" && scenario.fault === "new_key") {
    const { d, p, q, dp, dq, qi, ...half } = rotated;
    ctx.body = { keys: [...ctx.body.keys, half] };
  }
  if (ctx.path === "/token" && ctx.body?.id_token) {
    scenario.issued = ctx.body.id_token;
    const change = FAULTS[scenario.fault];
    if (scenario.fault === "replay") ctx.body = { ...ctx.body, id_token: scenario.replayed };
    else if (change) ctx.body = { ...ctx.body, id_token: await sign(change(decodeJwt(ctx.body.id_token)), scenario.fault) };
  }
});

const handle = provider.callback();
const read = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString() || "{}");
};
createServer(async (request, response) => {
  if (request.url === "/scenario") {
    if (request.method === "POST") scenario = { acr: LOA(3), claims: {}, fault: "", ...(await read(request)) };
    response.setHeader("Content-Type", "application/json");
    return response.end(JSON.stringify({ ...scenario, asked }));
  }
  if (request.url === "/fhir/.well-known/smart-configuration") {
    count(request.url);
    response.setHeader("Content-Type", "application/json");
    return response.end(JSON.stringify({
      issuer, jwks_uri: `${issuer}/jwks`, authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`, grant_types_supported: ["authorization_code"],
      capabilities: ["launch-ehr", "context-ehr-patient", "sso-openid-connect"],
      code_challenge_methods_supported: ["S256"], ...scenario.smart,
    }));
  }
  if (request.url.startsWith("/fhir/Patient")) {
    count(request.url);
    const held = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    const token = await provider.AccessToken.find(held);
    const parts = [];
    for await (const part of request) parts.push(part);
    const form = new URLSearchParams(Buffer.concat(parts).toString());
    scenario.read = Object.fromEntries(form);
    response.setHeader("Content-Type", "application/fhir+json");
    if (!token?.scopes.has("patient/Patient.rs")) {
      response.statusCode = 401;
      return response.end(JSON.stringify({ resourceType: "OperationOutcome" }));
    }
    const entry = (scenario.patients ?? []).filter((one) => scenario.any || one.id === form.get("_id"))
      .map((resource) => ({ resource, search: { mode: "match" } }));
    return response.end(JSON.stringify({ resourceType: "Bundle", type: "searchset", entry }));
  }
  if (request.url === "/client-key") return response.end(await exportPKCS8(own.privateKey));
  if (request.url === "/logout-token") {
    const { fault, ...whom } = await read(request);
    const now = Math.floor(Date.now() / 1000);
    const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
    const claims = { iss: issuer, aud: "portal", iat: now, exp: now + 120, jti: crypto.randomUUID(), events, ...whom };
    const wrong = fault === "no_event" ? { ...claims, events: {} } : (FAULTS[fault] ?? ((same) => same))(claims);
    return response.end(await sign(wrong, fault));
  }
  if (request.url.startsWith("/interaction/")) {
    const login = { accountId: scenario.account, acr: scenario.acr, amr: ["sc"] };
    const result = scenario.fault === "denied" ? { error: "access_denied" } : { login };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  return handle(request, response);
}).listen(Number(port), "127.0.0.1", () => console.log(`listening ${issuer}`));
