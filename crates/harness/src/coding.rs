//! Bodies as they were before they were compressed, within a bound: what is small on the wire may be endless. The only file that
//! names the decoders.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read};

use bytes::Bytes;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

/// Nobody compresses a body more often.
const MOST: usize = 4;
/// The characters of an unknown coding that are told.
const SHOWN: usize = 40;

/// Why a body can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undecodable {
    /// The header names a coding that is not known here.
    Unknown(String),
    /// It is not what the header says, or is cut off.
    Broken(&'static str),
    /// It is larger than so many bytes.
    TooLarge(usize),
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(coding) => write!(f, "it is encoded as `{coding}`, which is not known here"),
            Self::Broken(coding) => write!(f, "it says that it is {coding}, and is not, or not all of it"),
            Self::TooLarge(limit) if *limit >= 1 << 20 => write!(f, "decoded it is larger than {} MiB", limit >> 20),
            Self::TooLarge(limit) => write!(f, "decoded it is larger than {limit} bytes"),
        }
    }
}

impl std::error::Error for Undecodable {}

/// A body without the codings that its header names. One that has none is handed back as it is, whatever its size.
///
/// # Errors
/// Why it can't be read.
pub fn decoded(headers: &HeaderMap, body: &Bytes, limit: usize) -> Result<Bytes, Undecodable> {
    let named = headers.get_all(CONTENT_ENCODING).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let codings: Vec<String> = named.flat_map(|value: Cow<'_, str>| listed(&value)).collect();
    // There is nothing in an answer to HEAD, whatever it would be encoded in.
    if body.is_empty() || codings.is_empty() {
        return Ok(body.clone());
    }
    if codings.len() > MOST {
        return Err(Undecodable::Unknown(shown(&codings.join(", "))));
    }
    // The last coding was put on last.
    codings.iter().rev().try_fold(body.clone(), |body, coding| one(coding, &body, limit))
}

/// The codings of one header. `identity` is none.
fn listed(value: &str) -> Vec<String> {
    let codings = value.split(',').map(|coding| coding.trim().to_ascii_lowercase());
    codings.filter(|coding| !coding.is_empty() && coding != "identity").collect()
}

fn one(coding: &str, body: &[u8], limit: usize) -> Result<Bytes, Undecodable> {
    match coding {
        "gzip" | "x-gzip" => read("gzip", MultiGzDecoder::new(body), limit),
        // Half of the world leaves out what should stand around it.
        "deflate" if is_zlib(body) => read("deflate", ZlibDecoder::new(body), limit),
        "deflate" => read("deflate", DeflateDecoder::new(body), limit),
        "br" => read("br", brotli_decompressor::Decompressor::new(body, 4096), limit),
        "zstd" => read("zstd", Frames { rest: body, frame: None }, limit),
        other => Err(Undecodable::Unknown(shown(other))),
    }
}

fn read(coding: &'static str, decoder: impl Read, limit: usize) -> Result<Bytes, Undecodable> {
    let mut decoded = Vec::new();
    let read = decoder.take(limit as u64 + 1).read_to_end(&mut decoded);
    match decoded.len() > limit {
        true => Err(Undecodable::TooLarge(limit)),
        false => read.map(|_| Bytes::from(decoded)).map_err(|_| Undecodable::Broken(coding)),
    }
}

/// Whether the two bytes are those that zlib begins with (RFC 1950, 2.2).
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [method, flags, ..] if method & 15 == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0)
}

/// A name that an endpoint gives, as it can be told.
fn shown(name: &str) -> String {
    name.chars().take(SHOWN).flat_map(char::escape_debug).collect()
}

/// What follows one another in zstd (RFC 8878, 3): the decoder reads one frame.
struct Frames<'b> {
    rest: &'b [u8],
    frame: Option<ruzstd::decoding::StreamingDecoder<&'b [u8], ruzstd::decoding::FrameDecoder>>,
}

impl Read for Frames<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut frame = match self.frame.take() {
                Some(frame) => frame,
                None if self.rest.is_empty() => return Ok(0),
                None => ruzstd::decoding::StreamingDecoder::new(self.rest).map_err(io::Error::other)?,
            };
            let count = frame.read(out)?;
            if count > 0 || out.is_empty() {
                self.frame = Some(frame);
                return Ok(count);
            }
            self.rest = frame.into_inner();
        }
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::read::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    const TEXT: &[u8] = br#"{"items":[{"_id":"i-1","quantity":3},{"_id":"i-2","quantity":3}]}"#;
    /// The same, as another program has compressed it.
    const BROTLI: &str = "1b4000f82d8b7742ab46e02d29cb382dda3397227b7df595563132c5d2153a2932b3552d64b001e79e6381c846a70a7ce052fa8e098ed1500f";

    fn all(mut encoder: impl Read) -> Vec<u8> {
        let mut encoded = Vec::new();
        encoder.read_to_end(&mut encoded).expect("bytes");
        encoded
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        all(GzEncoder::new(text, Compression::fast()))
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        compress_to_vec(text, CompressionLevel::Fastest)
    }

    fn brotli() -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&BROTLI[at..at + 2], 16).expect("a byte");
        (0..BROTLI.len()).step_by(2).map(digit).collect()
    }

    fn within(limit: usize, codings: &[&str], body: &[u8]) -> Result<Bytes, Undecodable> {
        let mut headers = HeaderMap::new();
        for coding in codings {
            headers.append(CONTENT_ENCODING, coding.parse().expect("a header"));
        }
        decoded(&headers, &Bytes::copy_from_slice(body), limit)
    }

    #[test]
    fn what_is_compressed_is_read_as_what_it_was() {
        let two = |bytes: &[u8]| [bytes, bytes].concat();
        for (codings, body) in [
            (&["gzip"][..], gzip(TEXT)),
            (&["X-GZIP"], gzip(TEXT)),
            (&["deflate"], all(ZlibEncoder::new(TEXT, Compression::best()))),
            (&["deflate"], all(DeflateEncoder::new(TEXT, Compression::best()))),
            (&["br"], brotli()),
            (&["zstd"], zstd(TEXT)),
            (&["identity"], TEXT.to_vec()),
            (&[], TEXT.to_vec()),
            (&["gzip, zstd"], zstd(&gzip(TEXT))),
            (&["gzip", "identity, br"][..1], gzip(TEXT)),
            (&["gzip", "zstd"], zstd(&gzip(TEXT))),
        ] {
            assert_eq!(within(100, codings, &body).as_deref(), Ok(TEXT), "{codings:?}");
        }
        assert_eq!(within(200, &["gzip"], &two(&gzip(TEXT))).as_deref(), Ok(&*two(TEXT)));
        assert_eq!(within(200, &["zstd"], &two(&zstd(TEXT))).as_deref(), Ok(&*two(TEXT)));
        assert_eq!(within(9, &["snappy"], b"").as_deref(), Ok(&b""[..]), "where there is nothing nothing is encoded");
    }

    #[test]
    fn what_is_cut_off_or_is_something_else_is_told() {
        let deflate = all(ZlibEncoder::new(TEXT, Compression::best()));
        for (coding, body) in [("gzip", gzip(TEXT)), ("deflate", deflate), ("br", brotli()), ("zstd", zstd(TEXT))] {
            let broken = Err(Undecodable::Broken(coding));
            assert_eq!(within(200, &[coding], &body[..body.len() - 1]), broken, "{coding}");
            assert!(within(200, &[coding], TEXT).is_err(), "{coding}");
            assert_eq!(within(200, &[coding], &body[..2]), broken, "{coding}");
        }
        let unknown = within(200, &["\u{9b}31m-and-a-name-without-an-end-and-more-of-it"], TEXT);
        assert_eq!(
            unknown.map_err(|why| why.to_string()),
            Err("it is encoded as `\\u{9b}31m-and-a-name-without-an-end-and-more-`, which is not known here".to_owned())
        );
        assert!(matches!(within(200, &["gzip, gzip, gzip, gzip, gzip"], TEXT), Err(Undecodable::Unknown(_))));
    }

    #[test]
    fn what_grows_without_end_is_not_kept() {
        let large = vec![b' '; 9 << 20];
        for (coding, body) in [("gzip", gzip(&large)), ("zstd", zstd(&large))] {
            let told = within(8 << 20, &[coding], &body).map_err(|why| why.to_string());
            assert_eq!(told, Err("decoded it is larger than 8 MiB".to_owned()));
        }
    }
}
