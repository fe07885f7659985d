//! Issues the tokens (RFC 6749, §5.1; OpenID Connect Core, §2 and §3.1.3.3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header, encode};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::keys::Keys;
use super::super::state::Code;
use super::super::{Claims, Client, Sso};
use super::{Exchange, Refusal};

pub(super) fn issue_tokens(request: &Exchange<'_>) -> Result<Value, Refusal> {
    let (Some(client), Some((value, code))) = (request.client, &request.code) else {
        return Err(Refusal::new("invalid_grant", "there is no code"));
    };
    let sso = request.sso;
    let lifetime = i64::from(sso.stage().access_token_lifetime);
    let claims = access_claims(sso, client, code, lifetime);
    claim_code(sso, value, &claims.jti)?;
    let access_token = signed(sso.keys, "at+jwt", &claims)?;
    sso.scene.watch_for("access_token", &access_token);
    let id_token = signed(
        sso.keys,
        "JWT",
        &id_claims(sso, client, code, &access_token, lifetime),
    )?;
    sso.scene.watch_for("id_token", &id_token);
    sso.tell(
        request.exchange,
        "tokens-issued",
        json!({"client": client.id, "persona": code.session.persona.key, "expires_in": lifetime}),
    );
    Ok(json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": lifetime,
        "id_token": id_token,
        "scope": code.scope,
    }))
}

/// Spends the code, unless a request that came at the same time was faster.
fn claim_code(sso: &Sso, value: &str, token: &str) -> Result<(), Refusal> {
    let mut state = sso.state();
    match state.codes.get_mut(value) {
        Some(code) if code.spent_for.is_none() => code.spent_for = Some(token.to_owned()),
        _ => return Err(Refusal::new("invalid_grant", "the code was used before")),
    }
    state.issued.insert(token.to_owned());
    Ok(())
}

fn access_claims(sso: &Sso, client: &Client, code: &Code, lifetime: i64) -> Claims {
    let persona = &code.session.persona;
    let now = sso.now_s();
    Claims {
        iss: sso.issuer().to_owned(),
        sub: persona.sso_id.clone(),
        aud: client
            .audience
            .iter()
            .map(|&audience| audience.to_owned())
            .collect(),
        client_id: client.id.clone(),
        company_sso_id: persona.company_sso_id.clone(),
        email: persona.email.clone(),
        scope: code.scope.clone(),
        iat: now,
        exp: now + lifetime,
        jti: sso.scene.random().token(),
    }
}

fn id_claims(sso: &Sso, client: &Client, code: &Code, access_token: &str, lifetime: i64) -> Value {
    let persona = &code.session.persona;
    let now = sso.now_s();
    let mut claims = json!({
        "iss": sso.issuer(),
        "sub": persona.sso_id,
        "aud": client.id,
        "iat": now,
        "exp": now + lifetime,
        "auth_time": code.session.authenticated_s,
        "at_hash": half_hash(access_token),
        "company_sso_id": persona.company_sso_id,
    });
    if let Some(nonce) = &code.nonce {
        claims["nonce"] = json!(nonce);
    }
    for word in code.scope.split(' ') {
        match word {
            "profile" => {
                claims["name"] = json!(persona.name);
                claims["locale"] = json!(persona.locale);
            }
            "email" => {
                claims["email"] = json!(persona.email);
                claims["email_verified"] = json!(true);
            }
            _ => {}
        }
    }
    claims
}

/// The left half of a token's SHA-256, in base64url (OpenID Connect Core, §3.1.3.6).
fn half_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(token)[..16])
}

fn signed(keys: &Keys, media_type: &str, claims: &impl Serialize) -> Result<String, Refusal> {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(keys.id.clone());
    header.typ = Some(media_type.to_owned());
    encode(&header, claims, &keys.signing)
        .map_err(|error| Refusal::new("server_error", format!("the token could not be signed: {error}")))
}
