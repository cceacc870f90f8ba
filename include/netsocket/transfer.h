/* Calls that go on until all is done: each is stepped as a connect is. */
#ifndef NETSOCKET_TRANSFER_H
#define NETSOCKET_TRANSFER_H

#include "message.h"
#include "pending.h"

typedef enum {
  NSK_SEND_ALL,
  NSK_SEND_PIECES,
  NSK_SEND_FILE,
  NSK_RECEIVE_ALL, /* exactly so many bytes, fewer only where the stream ends */
  NSK_RECEIVE_LINE /* up to and with the next \n */
} nsk_transfer_kind;

/* Bytes on their way. What has been received is the operation's own until its end, and
   every other receive on that socket is refused with EBUSY. */
typedef struct {
  nsk_transfer_kind kind;
  size_t wanted;
  size_t done; /* how many bytes were moved, or are pending after a failure */
  nsk_deadline deadline;
  NSK_INSIDE(248);
} nsk_transfer;

/* Whether all goes, or is there, at once: then there need not be an operation. NSK_DONE:
   so it was. NSK_INTERRUPTED: *done bytes were moved, and an operation goes on.
   NSK_AGAIN: none were; it may begin with nsk_transfer_wait. NSK_END, NSK_FAILED: what
   the call comes to. Bytes that are pending, and sockets that are no streams, are the
   operation's. */
nsk_outcome nsk_transfer_try_send(nsk_socket *s, const void *bytes, size_t length,
                                  size_t *done, nsk_error *error);
nsk_outcome nsk_transfer_try_receive(nsk_socket *s, void *into, size_t n, size_t *done,
                                     nsk_error *error);

/* Begins to send `length` bytes, which must stay where they are; the first `done` have
   gone. To be ended with nsk_transfer_end. */
void nsk_transfer_send(nsk_transfer *op, const void *bytes, size_t length, size_t done,
                       nsk_deadline deadline);

/* The same with the pieces of an iovec, which must stay as they are; they are not copied.
   To be ended with nsk_transfer_end. */
void nsk_transfer_send_pieces(nsk_transfer *op, const nsk_iovec *iov,
                              nsk_deadline deadline);

/* Begins to send n bytes of a file from an offset on, fewer only where it ends. The
   descriptor is duplicated, so its owner may close it meanwhile. After NSK_DONE it is to
   be ended with nsk_transfer_end. NSK_ARGUMENT, EBADF, EMFILE. Source: fcntl(2). */
nsk_outcome nsk_transfer_send_file(nsk_transfer *op, int64_t file, int64_t n,
                                   int64_t offset, nsk_deadline deadline,
                                   nsk_error *error);

/* Begins to receive n bytes or a line of at most n. Takes nothing beyond them from the
   socket: the next receive goes on where this one ended. After NSK_DONE it is to be ended
   with nsk_transfer_end. EOPNOTSUPP: no stream. EBUSY: another such receive is under way.
   EBADF, NSK_MEMORY. */
nsk_outcome nsk_transfer_receive(nsk_transfer *op, nsk_socket *s, nsk_transfer_kind kind,
                                 size_t n, nsk_deadline deadline, nsk_error *error);

/* Goes on as far as it can without waiting, also on a blocking socket, and touches
   nothing that is pending: `s` may be a copy. NSK_DONE: all is done, or the stream ended
   after `done` bytes; NSK_END: it ended before the first. NSK_AGAIN: *interest says what
   to wait for. NSK_INTERRUPTED: a MiB was moved; look at signals, step again.
   NSK_TIMEOUT, NSK_FAILED: `done` bytes had been moved. */
nsk_outcome nsk_transfer_step(nsk_transfer *op, nsk_socket *s, nsk_interest *interest,
                              nsk_error *error);

/* After a try that moved nothing. NSK_AGAIN: *interest says what to wait for. NSK_DONE:
   step again, without a wait. NSK_TIMEOUT. */
nsk_outcome nsk_transfer_wait(nsk_transfer *op, nsk_socket *s, nsk_interest *interest,
                              nsk_error *error);

/* What steps on a copy of the socket have come to, once its owner is back: a stream that
   has ended fails with an error that a send on it met meanwhile. */
nsk_outcome nsk_transfer_noted(nsk_transfer *op, nsk_socket *s, nsk_outcome outcome,
                               nsk_error *error);

/* The received bytes, `done` of them. */
const void *nsk_transfer_bytes(const nsk_transfer *op);

/* After the begin of an exact count: what comes is received into memory of the caller's,
   which has room for all that is wanted and stays until the end. So no byte is copied
   that the caller gets; the buffer is there for those that it does not get, and its
   memory is not touched before. */
void nsk_transfer_into(nsk_transfer *op, void *into);

/* Sees to it that `into` has the `done` bytes, and frees what held them. Nothing of the
   socket is touched, so an adapter may do it without its lock; the operation ends as
   delivered then. */
void nsk_transfer_copy(nsk_transfer *op, void *into);

/* The caller's memory is needed no more: what is in it goes to the buffer. The end does
   the same; an adapter does it before without its lock, for it may take long. */
void nsk_transfer_keep(nsk_transfer *op);

/* Ends the operation; received bytes that the caller does not have go back to the socket
   and come with the next receive, and so does an error that came after them. delivered:
   the caller has the first `done`. A socket of NULL has gone. Idempotent. */
void nsk_transfer_end(nsk_transfer *op, nsk_socket *s, bool delivered);

/* Accepting for a caller that waits. All zero at first, but for what the caller sets. */
typedef struct {
  nsk_deadline deadline;
  bool patient; /* waits until there is a descriptor, too */
  NSK_INSIDE(16);
} nsk_accept;

/* As nsk_socket_accept: NSK_AGAIN fills *interest; NSK_TIMEOUT with ETIMEDOUT when the
   deadline has passed. */
nsk_outcome nsk_accept_step(nsk_accept *op, nsk_socket *s, nsk_socket *out,
                            nsk_addr *peer, nsk_interest *interest, nsk_error *error);

/* After a step that failed though garbage has been collected. True: it found no
   descriptor, and an operation that is patient steps again, which makes a pause first.
   Where the deadline has passed it makes a timeout of the failure. */
bool nsk_accept_again(nsk_accept *op, nsk_outcome *outcome, nsk_error *error);

/* ------------------------------------------------------------------ select -- */

/* Many descriptors waited for together; the adapter gives it memory. */
typedef struct {
  nsk_pollset set;
  int64_t deadline;
} nsk_select;

/* Makes room for `count` entries, which the caller fills. NSK_MEMORY. Always call
   nsk_select_drop afterwards. */
nsk_outcome nsk_select_start(nsk_select *op, size_t count, int64_t deadline,
                             nsk_error *error);

/* NSK_DONE: what was waited for has been looked at, and at least one entry is ready, or
   the deadline has passed. NSK_AGAIN: *interest is all of them. Source: poll(2). */
nsk_outcome nsk_select_step(nsk_select *op, nsk_interest *interest);
void nsk_select_drop(nsk_select *op); /* idempotent */

/* -------------------------------------------------------- socket activation -- */

/* How many listening descriptors the service manager has passed, from *first on; 0 when
   none are for this process. With unset, the environment forgets them. Source:
   sd_listen_fds(3). */
nsk_outcome nsk_listen_fds(bool unset, int *first, int *count, nsk_error *error);

/* The name of the i-th of them, from 0 on, as it is in the environment now; NSK_END
   behind the last. "unknown" where the manager gave none at all. EINVAL: not as many
   names as descriptors. */
enum { NSK_FDNAME_SIZE = 256 };
nsk_outcome nsk_listen_fdname(int i, char name[NSK_FDNAME_SIZE], nsk_error *error);

#endif
