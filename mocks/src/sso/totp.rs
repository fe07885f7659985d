//! One-time codes by time (RFC 6238): HMAC-SHA-1, steps of thirty seconds, six digits.

use aws_lc_rs::hmac;

/// Seconds a code stands for (RFC 6238, §5.2).
const STEP_S: i64 = 30;

/// The time step of a moment (RFC 6238, §4.2).
pub(crate) fn step_of(now_s: i64) -> i64 {
    now_s.div_euclid(STEP_S)
}

/// The code of a step (RFC 4226, §5.3).
pub(crate) fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let digest = hmac::sign(&key, &step.to_be_bytes());
    let digest = digest.as_ref();
    let offset = usize::from(digest.last().copied().unwrap_or_default() & 0xf);
    let number = digest
        .iter()
        .skip(offset)
        .take(4)
        .fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// The step that a code stands for: this one, or one beside it, because clocks drift (RFC 6238, §5.2).
pub(crate) fn matching_step(secret: &[u8], given: &str, now_s: i64) -> Option<i64> {
    let now = step_of(now_s);
    [now, now - 1, now + 1]
        .into_iter()
        .find(|step| code(secret, *step) == given)
}

/// A secret as authenticator apps take it: base32 without padding (RFC 4648, §6).
pub(crate) fn base32(secret: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bit = |index: usize| {
        let byte = secret.get(index / 8).copied().unwrap_or_default();
        usize::from(byte >> (7 - index % 8) & 1)
    };
    (0..secret.len() * 8)
        .step_by(5)
        .map(|start| {
            let digit = (start..start + 5).fold(0, |digit, index| digit << 1 | bit(index));
            char::from(ALPHABET[digit])
        })
        .collect()
}

/// A secret as the URI that authenticator apps read. They list it under the name of this project, because the
/// app is one for all providers.
pub(crate) fn uri(account: &str, secret: &[u8]) -> String {
    let Ok(mut uri) = url::Url::parse("otpauth://totp/") else {
        return String::new();
    };
    uri.set_path(&format!("Rehearse:{account}"));
    uri.query_pairs_mut()
        .append_pair("secret", &base32(secret))
        .append_pair("algorithm", "SHA1")
        .append_pair("digits", "6")
        .append_pair("period", &STEP_S.to_string())
        .append_pair("issuer", "Rehearse");
    uri.into()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// RFC 6238, appendix B, the last six of its eight digits.
    #[rstest]
    #[case(59, "287082")]
    #[case(1_111_111_109, "081804")]
    #[case(1_234_567_890, "005924")]
    #[case(2_000_000_000, "279037")]
    #[case(20_000_000_000, "353130")]
    fn the_standards_vectors_hold(#[case] now_s: i64, #[case] expected: &str) {
        assert_eq!(code(b"12345678901234567890", step_of(now_s)), expected);
    }

    /// RFC 4648, §10, without the padding.
    #[rstest]
    #[case("", "")]
    #[case("f", "MY")]
    #[case("fo", "MZXQ")]
    #[case("foo", "MZXW6")]
    #[case("foob", "MZXW6YQ")]
    #[case("fooba", "MZXW6YTB")]
    #[case("foobar", "MZXW6YTBOI")]
    fn a_secret_is_spelled_in_base32(#[case] secret: &str, #[case] expected: &str) {
        assert_eq!(base32(secret.as_bytes()), expected);
    }

    #[test]
    fn an_app_is_told_all_it_needs() {
        let uri = uri("mette@dezky.example", b"foobar");
        assert_eq!(
            uri,
            "otpauth://totp/Rehearse:mette@dezky.example?secret=MZXW6YTBOI&algorithm=SHA1&digits=6&period=30&issuer=Rehearse"
        );
    }

    #[test]
    fn a_code_counts_one_step_early_and_late() {
        let secret = b"12345678901234567890";
        let now = 1_234_567_890;
        for (shift, counts) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let given = code(secret, step_of(now + shift));
            assert_eq!(matching_step(secret, &given, now).is_some(), counts, "{shift}");
        }
    }
}
