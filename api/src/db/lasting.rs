//! What is done although whoever began it goes away.

use futures::future::BoxFuture;
use futures::{FutureExt as _, ready};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::runtime::Handle;

/// Work for which others wait. A thread that serves ends by itself, as soon as it has nothing to answer any more, and with
/// it whatever it was doing; this goes on then on a thread of its own. It must need nothing of the runtime, such as its clock.
pub(super) struct Lasting<T: Send + 'static>(Option<BoxFuture<'static, T>>);

impl<T: Send + 'static> Lasting<T> {
    pub(super) fn of(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Some(Box::pin(work)))
    }

    /// Does it beside whatever else this thread does.
    pub(super) fn begin(self) {
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(self);
        }
    }
}

impl<T: Send + 'static> Future for Lasting<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(work) = &mut self.0 else { return Poll::Pending };
        let done = ready!(work.as_mut().poll(context));
        self.0 = None;
        Poll::Ready(done)
    }
}

impl<T: Send + 'static> Drop for Lasting<T> {
    fn drop(&mut self) {
        let Some(rest) = self.0.take() else { return };
        let rest = move || futures::executor::block_on(rest.map(drop));
        if let Err(error) = std::thread::Builder::new().name("sqlite-rest".to_owned()).spawn(rest) {
            tracing::error!(%error, "a thread for what others wait for");
        }
    }
}
