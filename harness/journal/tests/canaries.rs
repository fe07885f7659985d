//! However a canary is written, it is seen, and its value is not kept.

use std::fmt::Write as _;
use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::read::{GzEncoder, ZlibEncoder};
use journal::canary::encodings_of;
use journal::fact::{Mark, WebSocketFrame, WireDirection};
use journal::{Body, Canary, Clock, Encoding, Event, ExchangeId, Fact, Recorder, Source};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// A way to write a value down.
#[derive(Clone, Copy, Debug)]
enum Writing {
    Plain,
    Upper,
    Percent,
    PercentTwice,
    Hex,
    HexUpper,
    Base64,
    Base64Url,
    Base64Twice,
    JsonEscapes,
    Gzip,
    Zlib,
}

const WRITINGS: [Writing; 12] = [
    Writing::Plain,
    Writing::Upper,
    Writing::Percent,
    Writing::PercentTwice,
    Writing::Hex,
    Writing::HexUpper,
    Writing::Base64,
    Writing::Base64Url,
    Writing::Base64Twice,
    Writing::JsonEscapes,
    Writing::Gzip,
    Writing::Zlib,
];

impl Writing {
    /// The value, with what stands before it in the same writing.
    fn of(self, before: &str, value: &str) -> String {
        let whole = format!("{before}{value}");
        let each = |format: fn(&mut String, u8)| {
            whole.bytes().fold(String::new(), |mut text, byte| {
                format(&mut text, byte);
                text
            })
        };
        match self {
            Self::Plain => whole,
            Self::Upper => whole.to_ascii_uppercase(),
            Self::Percent => each(|text, byte| write!(text, "%{byte:02x}").expect("it is written to memory")),
            Self::PercentTwice => Self::Percent.of(before, value).replace('%', "%25"),
            Self::Hex => each(|text, byte| write!(text, "{byte:02x}").expect("it is written to memory")),
            Self::HexUpper => each(|text, byte| write!(text, "{byte:02X}").expect("it is written to memory")),
            Self::Base64 => STANDARD.encode(&whole),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(&whole),
            Self::Base64Twice => STANDARD.encode(STANDARD.encode(&whole)),
            Self::JsonEscapes => {
                each(|text, byte| write!(text, "\\u{byte:04x}").expect("it is written to memory"))
            }
            Self::Gzip => STANDARD.encode(all(GzEncoder::new(whole.as_bytes(), Compression::default()))),
            Self::Zlib => {
                URL_SAFE_NO_PAD.encode(all(ZlibEncoder::new(whole.as_bytes(), Compression::default())))
            }
        }
    }
}

fn all(mut reader: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).expect("it is read from memory");
    bytes
}

fn recorded(canary: &Canary, text: &str) -> Event {
    let recorder = Recorder::in_memory(Clock::new(), 7);
    recorder.watch_for(canary.clone());
    let name = text.to_owned();
    recorder.record(Source::Runner, None, Fact::Mark(Mark { name }));
    recorder.after(0)[0].as_ref().clone()
}

fn kept(event: &Event) -> &str {
    match &event.fact {
        Fact::Mark(mark) => &mark.name,
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_is_seen_in_every_writing_and_never_kept() {
    let value = "[A-Za-z0-9._@+~-]{10,60}";
    let texts = (0..WRITINGS.len(), value, "[a-z ,:/]{0,12}", "[a-z ]{0,12}");
    let outcome = TestRunner::deterministic().run(&texts, |(writing, value, before, around)| {
        let writing = WRITINGS[writing];
        let canary = Canary::new("token", &value);
        let text = format!("{around} \"{}\" {around}", writing.of(&before, &value));
        let event = recorded(&canary, &text);
        let sighting = event.sightings.first();
        prop_assert!(sighting.is_some(), "{writing:?} unseen in {text}");
        let sighting = sighting.expect("a sighting");
        prop_assert_eq!(
            (sighting.canary.as_str(), sighting.place.as_str()),
            ("token", "/name")
        );
        let kept = kept(&event);
        prop_assert!(kept.contains(&sighting.pseudonym), "{kept}");
        for (encoding, shape) in encodings_of(&value) {
            let lower = kept.to_ascii_lowercase();
            prop_assert!(
                !lower.contains(&shape.to_ascii_lowercase()),
                "{encoding:?} is kept: {kept}"
            );
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// A form with a picture in it, a page in an old charset: whatever is no text is searched all the same.
#[test]
fn it_is_seen_among_bytes_that_are_no_text() {
    for (value, before) in [
        ("ayu.lestari@pelanggan.example", &b"\x89PNG\0\xff\xfe"[..]),
        ("J\u{f8}rgen M\u{f8}ller", b"caf\xe9 \0"),
    ] {
        let recorder = Recorder::in_memory(Clock::new(), 7);
        recorder.watch_for(Canary::new("contact", value));
        let latin = value
            .chars()
            .map(|character| u8::try_from(character).expect("Latin-1"));
        let bytes: Vec<u8> = before.iter().copied().chain(latin).chain([0, 0xe9]).collect();
        let payload = Body::from_wire(&bytes, None, None);
        let fact = Fact::WebSocketFrame(WebSocketFrame {
            exchange: ExchangeId(1),
            direction: WireDirection::ToServer,
            opcode: "binary".to_owned(),
            payload,
        });
        recorder.record(Source::Gateway, None, fact);
        let event = &recorder.after(0)[0];
        assert_eq!(event.sightings.len(), 1, "{event:?}");
        let Fact::WebSocketFrame(frame) = &event.fact else {
            panic!("{event:?}")
        };
        assert_eq!(frame.payload.text, None, "binary content is not kept");
        assert!(frame.payload.digest.is_some());
    }
}

#[test]
fn a_sighting_says_how_it_was_written() {
    let canary = Canary::new("contact_email", "ayu.lestari@pelanggan.example");
    let told = |writing: Writing| {
        let event = recorded(&canary, &format!("x \"{}\"", writing.of("", &canary.value)));
        event.sightings.first().map(|sighting| sighting.encoding)
    };
    for (writing, encoding) in [
        (Writing::Plain, Encoding::Plain),
        (Writing::Percent, Encoding::Url),
        (Writing::Hex, Encoding::Hex),
        (Writing::Base64, Encoding::Base64),
        (Writing::JsonEscapes, Encoding::JsonEscaped),
        (Writing::Gzip, Encoding::Compressed),
    ] {
        assert_eq!(told(writing), Some(encoding), "{writing:?}");
    }
}

/// What stood there can be compared with what was expected: another writing is another text.
#[test]
fn what_stood_there_comes_back_and_nothing_else_does() {
    let outcome = TestRunner::deterministic().run(
        &(0..WRITINGS.len(), "[A-Za-z0-9 ._@+~\"-]{10,40}"),
        |(writing, value)| {
            let writing = WRITINGS[writing];
            let recorder = Recorder::in_memory(Clock::new(), 7);
            recorder.watch_for(Canary::new("contact", &value));
            let stood = writing.of("", &value);
            let redacted = recorder.redact_text(stood.clone());
            let revealed = recorder.reveal(&redacted);
            if stood == value {
                prop_assert_eq!(revealed, Some(value), "{}", redacted);
            } else {
                prop_assert_ne!(revealed.as_ref(), Some(&value), "{:?} {}", writing, redacted);
            }
            Ok(())
        },
    );
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// A query stays a query, and JSON stays JSON, whatever way the canary in it was written.
#[test]
fn what_stands_around_a_wrapped_canary_means_what_it_meant() {
    let recorder = Recorder::in_memory(Clock::new(), 7);
    recorder.watch_for(Canary::new("contact", "Ayu \"K\" Lestari"));
    let round = |text: &str| {
        let redacted = recorder.redact_text(text.to_owned());
        assert!(!redacted.contains("Lestari"), "{redacted}");
        recorder.reveal(&redacted).expect("a pseudonym")
    };
    // Not as a browser would write it: the letters are encoded too.
    let url = round("https://a.test/?q=%41yu+%22K%22+Lestari%26x%3D1&r=2");
    let url = url::Url::parse(&url).expect("a URL");
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let expected =
        [("q", "Ayu \"K\" Lestari&x=1"), ("r", "2")].map(|(name, value)| (name.into(), value.into()));
    assert_eq!(pairs, expected);
    let json = round(r#"{"name":"\u0041yu \"K\" Lestari\n","more":[1]}"#);
    let json: serde_json::Value = serde_json::from_str(&json).expect(&json);
    assert_eq!(
        json,
        serde_json::json!({ "name": "Ayu \"K\" Lestari\n", "more": [1] })
    );
}

/// A telephone number may be handed on as a number.
#[test]
fn a_number_that_is_a_canary_is_replaced() {
    let recorder = Recorder::in_memory(Clock::new(), 7);
    recorder.watch_for(Canary::new("contact_phone", "62811555123"));
    let observation = journal::fact::Observation {
        expectation: "storage".to_owned(),
        seen: serde_json::json!({ "phone": 62_811_555_123_u64, "count": 3 }),
    };
    recorder.record(Source::Runner, None, Fact::Observation(observation));
    let event = recorder.after(0)[0].as_ref().clone();
    assert_eq!(event.sightings.len(), 1, "{event:?}");
    let text = serde_json::to_string(&event).expect("JSON");
    assert!(
        !text.contains("62811555123") && text.contains("\"count\":3"),
        "{text}"
    );
}

/// A size is no telephone number, even where it has the same digits.
#[test]
fn a_number_of_our_own_stays_one() {
    let recorder = Recorder::in_memory(Clock::new(), 7);
    recorder.watch_for(Canary::new("code", "123456"));
    let fact = Fact::WebSocketFrame(WebSocketFrame {
        exchange: ExchangeId(1),
        direction: WireDirection::ToServer,
        opcode: "text".to_owned(),
        payload: Body {
            size: 123_456,
            text: Some("the code is 123456".to_owned()),
            ..Body::default()
        },
    });
    recorder.record(Source::Gateway, None, fact);
    let event = recorder.after(0)[0].as_ref().clone();
    let Fact::WebSocketFrame(frame) = &event.fact else {
        panic!("{event:?}")
    };
    assert_eq!(frame.payload.size, 123_456);
    assert!(
        !frame
            .payload
            .text
            .as_deref()
            .unwrap_or_default()
            .contains("123456")
    );
}

/// Were there two of one name, what differs would look alike.
#[test]
fn no_two_values_share_a_pseudonym() {
    let recorder = Recorder::in_memory(Clock::new(), 7);
    let values: Vec<String> = (0..2000).map(|number| format!("value-{number}")).collect();
    for value in &values {
        recorder.watch_for(Canary::new("token", value));
    }
    let pseudonyms: std::collections::BTreeSet<String> = values
        .iter()
        .map(|value| recorder.redact_text(value.clone()))
        .collect();
    assert_eq!(pseudonyms.len(), values.len());
}

#[test]
fn a_text_without_a_canary_stays_as_it_is() {
    let canary = Canary::new("token", "a-secret-of-some-length");
    let outcome = TestRunner::deterministic().run(&"(?s).{0,200}", |text| {
        let event = recorded(&canary, &text);
        prop_assert_eq!(kept(&event), text.as_str());
        prop_assert!(event.sightings.is_empty());
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn the_same_value_has_the_same_pseudonym_and_another_has_another() {
    let of = |value: &str| {
        recorded(&Canary::new("token", value), value).sightings[0]
            .pseudonym
            .clone()
    };
    assert_eq!(of("first-value"), of("first-value"));
    assert_ne!(of("first-value"), of("other-value"));
}

/// A text may be wrapped in several ways side by side: what one hides does not cover up the others.
#[test]
fn different_wrappings_in_one_text_are_all_looked_into() {
    let recorder = Recorder::in_memory(Clock::new(), 7);
    for value in ["budi.santoso@mail.example", "ayu.lestari@mail.example"] {
        recorder.watch_for(Canary::new("email", value));
    }
    let state = Writing::Base64.of("to=", "budi.santoso@mail.example");
    let back = Writing::PercentTwice.of("", "ayu.lestari@mail.example");
    let name = format!("/authorize?state={state}&redirect_uri=https%3A%2F%2Fa%2F%3Fe%3D{back}");
    recorder.record(Source::Runner, None, Fact::Mark(Mark { name }));
    let event = recorder.after(0)[0].as_ref().clone();
    assert_eq!(event.sightings.len(), 2, "{event:?}");
    let kept = kept(&event);
    assert!(!kept.contains("lestari") && !kept.contains(&state), "{kept}");
}

#[test]
fn it_is_seen_in_every_content_coding() {
    let text = b"{\"mail\":\"ayu.lestari@mail.example\"}";
    for (coding, coded) in [
        ("gzip", all(GzEncoder::new(&text[..], Compression::default()))),
        (
            "deflate",
            all(ZlibEncoder::new(&text[..], Compression::default())),
        ),
        (
            "zstd",
            ruzstd::encoding::compress_to_vec(&text[..], ruzstd::encoding::CompressionLevel::Fastest),
        ),
    ] {
        let body = Body::from_wire(&coded, Some("application/json"), Some(coding));
        assert_eq!(
            body.text.as_deref().map(str::as_bytes),
            Some(&text[..]),
            "{coding}"
        );
        assert_eq!((body.decoded, body.note), (vec![coding.to_owned()], None));
    }
}

/// A canary may be a member's name. Where it stood is said without it.
#[test]
fn a_sighting_in_a_name_is_placed_without_the_name() {
    let recorder = Recorder::in_memory(Clock::new(), 7);
    recorder.watch_for(Canary::new("email", "ayu.lestari@mail.example"));
    let observation = journal::fact::Observation {
        expectation: "storage".to_owned(),
        seen: serde_json::json!({ "ayu.lestari@mail.example": { "seen": "ayu.lestari@mail.example" } }),
    };
    recorder.record(Source::Runner, None, Fact::Observation(observation));
    let event = recorder.after(0)[0].as_ref().clone();
    let mut places: Vec<&str> = event.sightings.iter().map(|one| one.place.as_str()).collect();
    places.sort_unstable();
    assert_eq!(places.len(), 2, "{places:?}");
    // `~` is written `~0` in a JSON pointer.
    assert!(places[0].starts_with("/seen/‹email~0"), "{places:?}");
    assert!(places[1].ends_with("/seen"), "{places:?}");
    assert!(!serde_json::to_string(&event).expect("JSON").contains("lestari"));
}
