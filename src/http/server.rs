//! The server: accepts connections within bounds, cuts off clients that dribble, and stops without losing a
//! request that is under way.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use jinqiao_events::decide::Refusal;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use super::limit::Limits;
use super::router;
use super::state::AppState;
use crate::desk::Desk;
use crate::error::AppError;

/// How long to wait when the system has no connection to give (too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Refuses an address that others can reach: until there are accounts, whoever reaches the server may write.
///
/// # Errors
/// `listen_public` with the way out.
pub fn refuse_public(listen: SocketAddr) -> Result<(), AppError> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    Err(Refusal::invalid(
        "listen_public",
        "",
        format!("不能监听 {listen}：在有账号之前只接受本机地址，请改用 127.0.0.1:{}", listen.port()),
        format!(
            "cannot listen on {listen}: without accounts only this machine is served; use 127.0.0.1:{}",
            listen.port()
        ),
    )
    .into())
}

/// Whether an address can be had just now, to be asked before long work that ends in [`serve`].
///
/// # Errors
/// As [`serve`]: `listen_public`, `address_in_use`.
pub fn refuse_taken(listen: SocketAddr) -> Result<(), AppError> {
    refuse_public(listen)?;
    std::net::TcpListener::bind(listen).map(drop).map_err(|error| cannot_listen(listen, error))
}

fn cannot_listen(listen: SocketAddr, error: io::Error) -> AppError {
    if error.kind() != io::ErrorKind::AddrInUse {
        return AppError::Io { context: format!("监听 {listen}"), error };
    }
    Refusal::conflict(
        "address_in_use",
        "",
        format!("{listen} 已被别的程序占用；请用 --listen 127.0.0.1:端口 换一个（端口 0 由系统挑选）"),
        format!("{listen} is taken by another program: choose another with --listen 127.0.0.1:PORT (0: any)"),
    )
    .into()
}

/// Serves until SIGINT or SIGTERM, then closes the desk. `announce` hears the address once it is taken: with
/// port 0 the system chose it.
///
/// # Errors
/// When the address is public or taken, or the last flush fails.
pub async fn serve(
    desk: Desk,
    listen: SocketAddr,
    announce: impl FnOnce(SocketAddr),
) -> Result<(), AppError> {
    refuse_public(listen)?;
    let listener = TcpListener::bind(listen).await.map_err(|error| cannot_listen(listen, error))?;
    announce(listener.local_addr().unwrap_or(listen));
    serve_until(desk, listener, Limits::default(), stop_signal()).await
}

/// Serves within these bounds until `stop`. Requests under way are finished, for as long as the bounds say.
///
/// # Errors
/// When the last flush fails.
pub async fn serve_until(
    desk: Desk,
    listener: TcpListener,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> Result<(), AppError> {
    let (closing, is_closing) = watch::channel(false);
    let service = TowerToHyperService::new(router(AppState::new(desk.clone(), limits, is_closing)));
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            accepted = accept(&listener, &places) => {
                let Some((stream, place)) = accepted else { continue };
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(limits.header_read)
                    .serve_connection(TokioIo::new(stream), service.clone());
                let connection = graceful.watch(connection);
                connections.spawn(async move {
                    let _place = place;
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "a connection ended early");
                    }
                });
            }
            Some(_) = connections.join_next() => {}
            () = &mut stop => break,
        }
    }
    drop(listener);
    // Followers end first: they would hold their connections for ever.
    closing.send_replace(true);
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests under way took too long and were cut off");
    }
    connections.shutdown().await;
    drop(service);
    let closed = tokio::task::spawn_blocking(move || desk.close()).await;
    closed.unwrap_or(Err(AppError::Closed))
}

/// The next connection, once there is a place for it. May be dropped at any time.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => {
            // Without it a small answer may wait for the client's acknowledgement of the one before.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "no TCP_NODELAY");
            }
            Some((stream, place))
        }
        Err(error) => {
            tracing::warn!(%error, "no connection could be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// Resolves when the process is asked to stop.
pub(crate) async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        drop(interrupted.await);
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
