//! What is sent arrives whole and in order, however slowly it is taken.

use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpSocket};

use super::*;

fn body(bytes: usize) -> Bytes {
    (0..bytes).map(|at| (at % 251) as u8).collect()
}

/// Both ends of a connection; the reading one takes little at a time.
async fn ends() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a size");
    let reading = socket.connect(listener.local_addr().expect("an address")).await.expect("connected");
    (listener.accept().await.expect("accepted").0, reading)
}

#[test]
fn only_bodies_for_which_it_pays_become_files() {
    for (bytes, expected) in [(0, false), (LEAST_BYTES - 1, false), (LEAST_BYTES, true), (MOST_BYTES + 1, false)] {
        assert_eq!(Body::of(&body(bytes)).is_some(), expected && cfg!(target_os = "linux"), "{bytes}");
    }
}

#[tokio::test]
async fn pieces_arrive_whole_and_in_order() {
    for sizes in [vec![3_000_000], vec![LEAST_BYTES, 700_000, 20_000], vec![]] {
        let (writing, mut reading) = ends().await;
        let (mut pieces, mut expected) = (Vec::new(), Vec::new());
        for size in sizes {
            let body = body(size);
            let file = Body::of(&body).map_or_else(|| Piece::Bytes(body.clone()), |file| Piece::Body(file, 0));
            for piece in [Piece::Bytes("head\r\n".into()), Piece::Bytes("date\r\n\r\n".into()), file] {
                pieces.push(piece);
            }
            expected.extend_from_slice(b"head\r\ndate\r\n\r\n");
            expected.extend_from_slice(&body);
        }
        // More at once than are written at once.
        for number in 0..60 {
            pieces.push(Piece::Bytes(format!("{number};").into()));
            expected.extend_from_slice(format!("{number};").as_bytes());
        }
        let task = tokio::spawn(async move {
            let mut waited = 0;
            while !pieces.is_empty() {
                writing.writable().await.expect("it is there");
                pieces = write(&writing, pieces).expect("it is there");
                waited += 1;
            }
            waited
        });
        let mut read = Vec::new();
        reading.read_to_end(&mut read).await.expect("all of it");
        assert!(read == expected, "{} of {} bytes", read.len(), expected.len());
        let waited = task.await.expect("it ends");
        assert_eq!(waited > 1, expected.len() > 2_000_000, "{waited}");
    }
}

#[tokio::test]
async fn a_client_that_has_gone_is_noticed() {
    let (writing, reading) = ends().await;
    drop(reading);
    let body = body(3_000_000);
    let mut pieces = match Body::of(&body) {
        Some(file) => vec![Piece::Body(file, 0)],
        None => vec![Piece::Bytes(body)],
    };
    let failed = async {
        loop {
            writing.writable().await?;
            pieces = write(&writing, std::mem::take(&mut pieces))?;
            if pieces.is_empty() {
                return Ok::<(), io::Error>(());
            }
        }
    };
    failed.await.expect_err("nobody is there");
}
