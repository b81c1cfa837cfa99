//! Closing a connection without an answer, which HTTP frameworks never offer.

use std::any::Any;
use std::net::{Shutdown, TcpStream};

use actix_web::dev::Extensions;

/// A second handle on the connection's socket, kept beside the connection.
pub(crate) struct Socket(TcpStream);

impl Socket {
    pub(crate) fn close(&self) {
        // It may be closed already, which is just as well.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// `HttpServer::on_connect`: keeps the second handle.
pub(crate) fn remember(connection: &dyn Any, extensions: &mut Extensions) {
    if let Some(stream) = connection.downcast_ref::<actix_web::rt::net::TcpStream>()
        && let Some(copy) = duplicate(stream)
    {
        extensions.insert(Socket(copy));
    }
}

#[cfg(unix)]
fn duplicate(stream: &actix_web::rt::net::TcpStream) -> Option<TcpStream> {
    use std::os::fd::AsFd as _;
    Some(stream.as_fd().try_clone_to_owned().ok()?.into())
}

#[cfg(windows)]
fn duplicate(stream: &actix_web::rt::net::TcpStream) -> Option<TcpStream> {
    use std::os::windows::io::AsSocket as _;
    Some(stream.as_socket().try_clone_to_owned().ok()?.into())
}
