//! Screenshots.

use std::io::Write as _;

/// A small PNG that looks faintly like a page.
pub fn picture(shade: u8) -> Vec<u8> {
    const WIDTH: u32 = 320;
    const HEIGHT: u32 = 200;
    let mut raw = Vec::new();
    for y in 0..HEIGHT {
        raw.push(0);
        for x in 0..WIDTH {
            let text = y > 40 && y % 14 < 5 && x > 18 && x < 200 - (y * 7 % 90);
            let panel = x > 220 && y > 34 && y < 180;
            raw.extend(match (y < 26, panel, text) {
                (true, ..) => [40 + shade / 4, 60, 120],
                (_, true, _) => [226, 230, 240 - shade / 6],
                (.., true) => [150, 156, 166],
                _ => [250, 250, 252],
            });
        }
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend(WIDTH.to_be_bytes());
    header.extend(HEIGHT.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&raw).expect("memory");
    for (kind, data) in [
        (b"IHDR", header),
        (b"IDAT", encoder.finish().expect("memory")),
        (b"IEND", Vec::new()),
    ] {
        png.extend(u32::try_from(data.len()).expect("length").to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(&data);
        png.extend(kind);
        png.extend(data);
        png.extend(crc.sum().to_be_bytes());
    }
    png
}
