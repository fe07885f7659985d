//! Reading WebSocket frames off a byte stream (RFC 6455, section 5), without touching the bytes.

/// A message after reassembly, or a control frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) opcode: Opcode,
    /// The payload, unmasked, up to the reader's limit.
    pub(super) payload: Vec<u8>,
    /// Its whole length.
    pub(super) size: u64,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opcode {
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

impl Opcode {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Binary => "binary",
            Self::Close => "close",
            Self::Ping => "ping",
            Self::Pong => "pong",
        }
    }

    fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// Reads one direction of a WebSocket.
#[derive(Debug)]
pub(super) struct Reader {
    limit: usize,
    head: Vec<u8>,
    frame: Option<Frame>,
    /// The data message whose fragments are coming.
    message: Option<Message>,
    control: Option<Message>,
    failed: bool,
}

/// A frame whose payload is coming.
#[derive(Debug)]
struct Frame {
    last: bool,
    control: bool,
    mask: Option<[u8; 4]>,
    left: u64,
    read: usize,
}

impl Reader {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            head: Vec::with_capacity(14),
            frame: None,
            message: None,
            control: None,
            failed: false,
        }
    }

    /// Whether the stream turned out to be no sequence of frames. It is not read further then.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Takes bytes in and gives out what they complete.
    pub(super) fn read(&mut self, mut bytes: &[u8]) -> Vec<Message> {
        let mut complete = Vec::new();
        while !self.failed {
            if self.frame.is_none() {
                if !self.read_head(&mut bytes) {
                    break;
                }
                continue;
            }
            self.read_payload(&mut bytes);
            if self.frame.as_ref().is_some_and(|frame| frame.left > 0) {
                break;
            }
            complete.extend(self.end_frame());
        }
        complete
    }

    /// Gathers a frame's head. Says whether there may be more to do.
    fn read_head(&mut self, bytes: &mut &[u8]) -> bool {
        while let Some((byte, rest)) = bytes.split_first() {
            self.head.push(*byte);
            *bytes = rest;
            if self.head.len() == head_length(&self.head) {
                match self.begin_frame() {
                    Some(frame) => self.frame = Some(frame),
                    None => self.failed = true,
                }
                self.head.clear();
                return true;
            }
        }
        false
    }

    fn begin_frame(&mut self) -> Option<Frame> {
        let last = self.head[0] & 0x80 != 0;
        let masked = self.head[1] & 0x80 != 0;
        let (left, at) = match self.head[1] & 0x7f {
            126 => (u64::from(u16::from_be_bytes([self.head[2], self.head[3]])), 4),
            127 => (u64::from_be_bytes(self.head[2..10].try_into().ok()?), 10),
            short => (u64::from(short), 2),
        };
        let mask = if masked {
            Some(self.head[at..at + 4].try_into().ok()?)
        } else {
            None
        };
        // Reserved bits belong to extensions, and none was agreed on.
        if self.head[0] & 0x70 != 0 {
            return None;
        }
        let control = match self.head[0] & 0x0f {
            0x0 => {
                self.message.as_ref()?;
                false
            }
            code => self.begin_message(code, last, left)?,
        };
        Some(Frame {
            last,
            control,
            mask,
            left,
            read: 0,
        })
    }

    /// Begins a message. Says whether it is a control frame; nothing where it may not stand here.
    fn begin_message(&mut self, code: u8, last: bool, length: u64) -> Option<bool> {
        let opcode = match code {
            0x1 => Opcode::Text,
            0x2 => Opcode::Binary,
            0x8 => Opcode::Close,
            0x9 => Opcode::Ping,
            0xa => Opcode::Pong,
            _ => return None,
        };
        let message = Message {
            opcode,
            payload: Vec::new(),
            size: 0,
        };
        if opcode.is_control() {
            if !last || length > 125 {
                return None;
            }
            self.control = Some(message);
        } else {
            if self.message.is_some() {
                return None;
            }
            self.message = Some(message);
        }
        Some(opcode.is_control())
    }

    fn read_payload(&mut self, bytes: &mut &[u8]) {
        let Some(frame) = &mut self.frame else { return };
        let count = usize::try_from(frame.left).unwrap_or(usize::MAX).min(bytes.len());
        let (data, rest) = bytes.split_at(count);
        *bytes = rest;
        let message = if frame.control {
            &mut self.control
        } else {
            &mut self.message
        };
        if let Some(message) = message {
            let room = self.limit.saturating_sub(message.payload.len()).min(count);
            let start = frame.read;
            let mask = frame.mask.unwrap_or_default();
            message.payload.extend(
                data[..room]
                    .iter()
                    .enumerate()
                    .map(|(at, byte)| byte ^ mask[(start + at) % 4]),
            );
            message.size += count as u64;
        }
        frame.read = (frame.read + count) % 4;
        frame.left -= count as u64;
    }

    fn end_frame(&mut self) -> Option<Message> {
        let frame = self.frame.take()?;
        if frame.control {
            self.control.take()
        } else if frame.last {
            self.message.take()
        } else {
            None
        }
    }
}

/// Length of a head, as far as its first bytes tell.
fn head_length(head: &[u8]) -> usize {
    let Some(second) = head.get(1) else { return 2 };
    let length = match second & 0x7f {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mask = if second & 0x80 != 0 { 4 } else { 0 };
    2 + length + mask
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(first: u8, payload: &[u8], mask: Option<[u8; 4]>) -> Vec<u8> {
        let mut bytes = vec![first];
        let masked = if mask.is_some() { 0x80 } else { 0 };
        match payload.len() {
            length @ 0..=125 => bytes.push(masked | u8::try_from(length).unwrap()),
            length @ 126..=65535 => {
                bytes.push(masked | 126);
                bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            length => {
                bytes.push(masked | 127);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        bytes.extend(
            mask.unwrap_or_default()
                .iter()
                .take(if mask.is_some() { 4 } else { 0 }),
        );
        let mask = mask.unwrap_or_default();
        bytes.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ mask[at % 4]));
        bytes
    }

    fn transcript(messages: &[Message]) -> Vec<String> {
        messages
            .iter()
            .map(|message| {
                format!(
                    "{} {:?} {}",
                    message.opcode.name(),
                    String::from_utf8_lossy(&message.payload),
                    message.size
                )
            })
            .collect()
    }

    #[test]
    fn fragments_are_joined_and_control_frames_stand_between_them() {
        let mut bytes = frame(0x01, b"Hel", Some([1, 2, 3, 4]));
        bytes.extend(frame(0x89, b"?", None));
        bytes.extend(frame(0x80, b"lo", Some([9, 8, 7, 6])));
        bytes.extend(frame(0x82, &[b'x'; 300], None));
        bytes.extend(frame(0x88, &[0x03, 0xe8], None));
        let whole = Reader::new(1000).read(&bytes);
        assert_eq!(transcript(&whole)[..2], ["ping \"?\" 1", "text \"Hello\" 5"]);
        assert_eq!((whole[2].opcode, whole[2].size), (Opcode::Binary, 300));
        assert_eq!((whole[3].opcode, whole[3].size), (Opcode::Close, 2));
        let mut reader = Reader::new(1000);
        let piecewise: Vec<_> = bytes.iter().flat_map(|byte| reader.read(&[*byte])).collect();
        assert_eq!(piecewise, whole);
    }

    #[test]
    fn a_long_message_is_kept_up_to_the_limit_and_measured_whole() {
        let messages = Reader::new(4).read(&frame(0x81, &[b'a'; 70_000], Some([1, 2, 3, 4])));
        assert_eq!(
            (messages[0].payload.as_slice(), messages[0].size),
            (&b"aaaa"[..], 70_000)
        );
    }

    #[test]
    fn what_is_no_frame_ends_the_reading() {
        for bytes in [
            vec![0xc1, 0x00],                                            // reserved bit
            vec![0x83, 0x00],                                            // unknown opcode
            vec![0x80, 0x00],                                            // continuation of nothing
            vec![0x09, 0x00],                                            // fragmented ping
            vec![0x89, 126, 0, 200],                                     // long ping
            [frame(0x01, b"a", None), frame(0x01, b"b", None)].concat(), // a message within a message
        ] {
            let mut reader = Reader::new(100);
            assert!(reader.read(&bytes).is_empty());
            assert!(reader.has_failed(), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic_and_pieces_do_not_matter(
            bytes in proptest::collection::vec(any::<u8>(), 0..400),
            at in 0usize..400,
        ) {
            let whole = Reader::new(64).read(&bytes);
            let (one, other) = bytes.split_at(at.min(bytes.len()));
            let mut reader = Reader::new(64);
            let mut pieces = reader.read(one);
            pieces.extend(reader.read(other));
            prop_assert_eq!(pieces, whole);
        }
    }
}
