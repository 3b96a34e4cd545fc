//! Reads a feed from a local file.

use std::io;
use std::path::Path;

use bytes::Bytes;
use tokio::fs;
use tokio::io::AsyncReadExt;

use super::client::Inner;
use super::{Error, Whole, settle};
use crate::model::{Answer, Validators};

pub(super) async fn read(client: &Inner, path: &Path, validators: &Validators) -> Result<Answer, Error> {
    let failed = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound => Error::NotFound { path: path.to_owned() },
        _ => Error::File { path: path.to_owned(), cause },
    };
    // A pipe or device would be waited for, or read, for ever.
    if !fs::metadata(path).await.map_err(failed)?.is_file() {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")));
    }
    let file = fs::File::open(path).await.map_err(failed)?;
    let limit_bytes = client.max_body_bytes;
    let mut body = Vec::new();
    // One byte more than allowed tells the largest file that is from the smallest that is not.
    file.take(limit_bytes as u64 + 1).read_to_end(&mut body).await.map_err(failed)?;
    if body.len() > limit_bytes {
        return Err(Error::TooLarge { location: path.display().to_string(), limit_bytes });
    }
    Ok(settle(validators, Whole { body: Bytes::from(body), ..Whole::default() }))
}
