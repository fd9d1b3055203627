// A SAML 2.0 identity provider whose signatures are made by a library of its own, and that errs where it is
// told to. node saml.mjs PORT ISSUER KEY CERTIFICATE STRANGERS_KEY; POST /scenario sets what comes next.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import saml from "saml";
import { SignedXml } from "xml-crypto";

const [port, issuer, keyFile, certificateFile, strangersFile] = process.argv.slice(2);
const [key, cert, strangers] = [keyFile, certificateFile, strangersFile].map((file) => readFileSync(file));
let scenario = {};

const read = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString() || "{}");
};
const asked = (url) => {
  const query = new URL(url, issuer).searchParams;
  const xml = inflateRawSync(Buffer.from(query.get("SAMLRequest"), "base64")).toString();
  const attribute = (name) => xml.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1] ?? "";
  return {
    id: attribute("ID"), acs: attribute("AssertionConsumerServiceURL"), force: attribute("ForceAuthn"),
    audience: xml.match(/Issuer[^>]*>([^<]*)</)[1],
    levels: [...xml.matchAll(/<[\w:]*AuthnContextClassRef>([^<]*)</g)].map((found) => found[1]),
  };
};
const makeAssertion = (asking, fault) => {
  const options = {
    key: fault === "stranger" ? strangers : key, cert, issuer: fault === "issuer" ? "https://evil.example" : issuer,
    lifetimeInSeconds: fault === "expired" ? -1200 : 120,
    audiences: fault === "audience" ? "https://another.example" : asking.audience,
    recipient: fault === "recipient" ? `${asking.acs}x` : asking.acs,
    inResponseTo: { in_response_to: "_another", unsolicited: undefined }[fault] ?? asking.id,
    attributes: scenario.attributes, nameIdentifier: scenario.account ?? "somebody",
    authnContextClassRef: scenario.acr, sessionIndex: "_session", signatureAlgorithm: "rsa-sha256",
    digestAlgorithm: "sha256",
  };
  if (fault === "unsolicited") delete options.inResponseTo;
  if (fault === "no_audience") delete options.audiences;
  if (fault === "sha1") Object.assign(options, { signatureAlgorithm: "rsa-sha1", digestAlgorithm: "sha1" });
  return ["unsigned", "message"].includes(fault) ? saml.Saml20.createUnsignedAssertion(options) : saml.Saml20.create(options);
};
const wrap = (asking, assertion, fault) => {
  const solicited = fault === "unsolicited" ? "" : ` InResponseTo="${asking.id}"`;
  const status = fault === "denied" ? "Responder" : "Success";
  return `${fault === "dtd" ? '<!DOCTYPE x [<!ENTITY a "b">]>' : ""}<samlp:Response`
    + ` xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${randomUUID()}" Version="2.0"${solicited}`
    + ` IssueInstant="${new Date().toISOString()}" Destination="${asking.acs}">`
    + `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</saml:Issuer>`
    + `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"/></samlp:Status>`
    + `${assertion}</samlp:Response>`;
};
// The message signed, rightly, around an assertion that is not.
const signMessage = (xml) => {
  const at = "/*[local-name(.)='Response']";
  const signed = new SignedXml();
  signed.signatureAlgorithm = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
  signed.canonicalizationAlgorithm = "http://www.w3.org/2001/10/xml-exc-c14n#";
  signed.addReference(at, [
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2001/10/xml-exc-c14n#",
  ], "http://www.w3.org/2001/04/xmlenc#sha256");
  signed.signingKey = key;
  signed.computeSignature(xml, { location: { reference: `${at}/*[local-name(.)='Issuer']`, action: "after" } });
  return signed.getSignedXml();
};
const answer = (asking) => {
  const fault = scenario.fault ?? "";
  let assertion = makeAssertion(asking, fault);
  if (fault === "tampered") assertion = assertion.replaceAll(scenario.from, scenario.to);
  if (fault === "wrapped") {
    const forged = assertion.replaceAll(scenario.from, scenario.to).replace(/<Signature[\s\S]*<\/Signature>/, "")
      .replace(/ID="[^"]*"/, 'ID="_forged"');
    assertion = forged + assertion;
  }
  if (fault === "inside") {
    // The signed assertion is moved into an extension of the forged one, under whose name it is looked for.
    const forged = assertion.replaceAll(scenario.from, scenario.to).replace(/<Signature[\s\S]*<\/Signature>/, "");
    assertion = forged.replace(/<\/saml:Assertion>$/, `<saml:Advice>${assertion}</saml:Advice></saml:Assertion>`);
  }
  const wrapped = wrap(asking, assertion, fault);
  const text = fault === "message" ? signMessage(wrapped) : wrapped;
  return { acs: asking.acs, SAMLResponse: Buffer.from(text).toString("base64"), asking };
};
createServer(async (request, response) => {
  if (request.url === "/scenario") scenario = await read(request);
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(request.url.startsWith("/sso") ? answer(asked(request.url)) : {}));
}).listen(Number(port), "127.0.0.1", () => console.log(`listening http://127.0.0.1:${port}`));
