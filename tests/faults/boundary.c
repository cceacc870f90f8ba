/*
 * The functions of the core through which a user's own descriptor comes in, or one of
 * ours goes out: no system call tells the tracker about that.
 */
#include "fault.h"
#include "netsocket.h"

#define FOREIGN(NAME, PARAMS, ARGS)           \
  nsk_outcome __real_##NAME PARAMS;           \
  nsk_outcome __wrap_##NAME PARAMS;           \
  nsk_outcome __wrap_##NAME PARAMS {          \
    fault_foreign++;                          \
    nsk_outcome outcome = __real_##NAME ARGS; \
    fault_foreign--;                          \
    return outcome;                           \
  }

/* clang-format off */
/* Wrapped at link time, each: __real_nsk_fd_shutdown, __real_nsk_fd_close,
   __real_nsk_fd_close_how, __real_nsk_fd_readv, __real_nsk_fd_writev,
   __real_nsk_transfer_send_file. */
FOREIGN(nsk_fd_shutdown, (int64_t fd, int64_t how, nsk_error *error), (fd, how, error))
FOREIGN(nsk_fd_close, (int64_t fd, nsk_error *error), (fd, error))
FOREIGN(nsk_fd_close_how, (int64_t fd, int64_t how, nsk_error *error), (fd, how, error))
FOREIGN(nsk_fd_readv, (int64_t fd, nsk_iovec *iov, size_t offset, size_t n, size_t *moved,
                       nsk_error *error),
        (fd, iov, offset, n, moved, error))
FOREIGN(nsk_fd_writev, (int64_t fd, const nsk_iovec *iov, size_t offset, size_t n,
                        size_t *moved, nsk_error *error),
        (fd, iov, offset, n, moved, error))
FOREIGN(nsk_transfer_send_file, (nsk_transfer *op, int64_t file, int64_t n, int64_t offset,
                                 nsk_deadline deadline, nsk_error *error),
        (op, file, n, offset, deadline, error))
/* clang-format on */

nsk_outcome __real_nsk_socket_adopt(nsk_socket *out, int64_t fd, bool nonblock,
                                    nsk_error *error);
nsk_outcome __wrap_nsk_socket_adopt(nsk_socket *out, int64_t fd, bool nonblock,
                                    nsk_error *error);
nsk_outcome __wrap_nsk_socket_adopt(nsk_socket *out, int64_t fd, bool nonblock,
                                    nsk_error *error) {
  fault_foreign++;
  nsk_outcome outcome = __real_nsk_socket_adopt(out, fd, nonblock, error);
  fault_foreign--;
  if (outcome == NSK_DONE) fault_adopted((int)fd);
  return outcome;
}

nsk_outcome __real_nsk_socket_release(nsk_socket *s, int *fd, nsk_error *error);
nsk_outcome __wrap_nsk_socket_release(nsk_socket *s, int *fd, nsk_error *error);
nsk_outcome __wrap_nsk_socket_release(nsk_socket *s, int *fd, nsk_error *error) {
  nsk_outcome outcome = __real_nsk_socket_release(s, fd, error);
  if (outcome == NSK_DONE) fault_given_away(*fd);
  return outcome;
}

nsk_outcome __real_nsk_socket_recvfd(nsk_socket *s, int flags, int *fd, nsk_error *error);
nsk_outcome __wrap_nsk_socket_recvfd(nsk_socket *s, int flags, int *fd, nsk_error *error);
nsk_outcome __wrap_nsk_socket_recvfd(nsk_socket *s, int flags, int *fd,
                                     nsk_error *error) {
  nsk_outcome outcome = __real_nsk_socket_recvfd(s, flags, fd, error);
  if (outcome == NSK_DONE) fault_given_away(*fd);
  return outcome;
}

void __real_nsk_parcel_end(nsk_socket *s, nsk_parcel *parcel, bool delivered);
void __wrap_nsk_parcel_end(nsk_socket *s, nsk_parcel *parcel, bool delivered);
void __wrap_nsk_parcel_end(nsk_socket *s, nsk_parcel *parcel, bool delivered) {
  for (size_t i = 0; delivered && i < parcel->count; i++)
    fault_given_away(parcel->fds[i]);
  __real_nsk_parcel_end(s, parcel, delivered);
}

void __real_nsk_cmsg_take(nsk_cmsg *cmsg);
void __wrap_nsk_cmsg_take(nsk_cmsg *cmsg);
void __wrap_nsk_cmsg_take(nsk_cmsg *cmsg) {
  for (size_t i = 0; i < nsk_cmsg_fds(cmsg); i++)
    fault_given_away(nsk_cmsg_fd(cmsg, i));
  __real_nsk_cmsg_take(cmsg);
}
