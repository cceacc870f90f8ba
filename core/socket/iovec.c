/* Buffers in a row: building them, and moving bytes through slices of them. */
#include "socket/socket.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(nsk_piece) == sizeof(struct iovec) &&
                   offsetof(nsk_piece, base) == offsetof(struct iovec, iov_base) &&
                   offsetof(nsk_piece, length) == offsetof(struct iovec, iov_len),
               "nsk_piece is struct iovec");

void nsk_iovec_init(nsk_iovec *iov) {
  memset(iov, 0, sizeof *iov);
}

void nsk_iovec_free(nsk_iovec *iov) {
  for (size_t i = 0; i < iov->count; i++)
    free(iov->memory[i]);
  free(iov->pieces);
  free(iov->memory);
  nsk_iovec_init(iov);
}

/* The two arrays grow one after the other; only when both have is there room. */
static bool make_room(nsk_iovec *iov) {
  if (iov->count < iov->capacity) return true;
  size_t capacity = iov->capacity > 0 ? 2 * iov->capacity : 4;
  nsk_piece *pieces = realloc(iov->pieces, capacity * sizeof *pieces);
  if (pieces == NULL) return false;
  iov->pieces = pieces;
  void **memory = realloc(iov->memory, capacity * sizeof *memory);
  if (memory == NULL) return false;
  iov->memory = memory;
  iov->capacity = capacity;
  return true;
}

static void *copy_of(const void *bytes, size_t length) {
  if (bytes == NULL) return calloc(length > 0 ? length : 1, 1);
  void *copy = malloc(length > 0 ? length : 1);
  if (copy != NULL) memcpy(copy, bytes, length);
  return copy;
}

nsk_outcome nsk_iovec_add(nsk_iovec *iov, const void *bytes, size_t length,
                          nsk_error *error) {
  if (!make_room(iov)) return nski_fail_memory(error, "add");
  void *copy = copy_of(bytes, length);
  if (copy == NULL) return nski_fail_memory(error, "add");
  iov->memory[iov->count] = copy;
  iov->pieces[iov->count] = (nsk_piece){copy, length};
  iov->count++;
  iov->bytes += length;
  return NSK_DONE;
}

static nsk_outcome no_element(nsk_error *error, const char *op) {
  return nsk_error_argument(error, op, "i", "there is no such element");
}

nsk_outcome nsk_iovec_set(nsk_iovec *iov, size_t i, const void *bytes, size_t length,
                          nsk_error *error) {
  if (i >= iov->count) return no_element(error, "set");
  void *copy = copy_of(bytes, length);
  if (copy == NULL) return nski_fail_memory(error, "set");
  free(iov->memory[i]);
  iov->bytes = iov->bytes - iov->pieces[i].length + length;
  iov->memory[i] = copy;
  iov->pieces[i] = (nsk_piece){copy, length};
  return NSK_DONE;
}

/* Removes the elements from first to before last. */
static void remove_range(nsk_iovec *iov, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) {
    iov->bytes -= iov->pieces[i].length;
    free(iov->memory[i]);
  }
  size_t after = iov->count - last;
  memmove(iov->pieces + first, iov->pieces + last, after * sizeof *iov->pieces);
  memmove(iov->memory + first, iov->memory + last, after * sizeof *iov->memory);
  iov->count -= last - first;
}

nsk_outcome nsk_iovec_del(nsk_iovec *iov, size_t i, nsk_error *error) {
  if (i >= iov->count) return no_element(error, "del");
  remove_range(iov, i, i + 1);
  return NSK_DONE;
}

void nsk_iovec_consume(nsk_iovec *iov, size_t n) {
  size_t whole = 0;
  while (whole < iov->count && n >= iov->pieces[whole].length)
    n -= iov->pieces[whole++].length;
  if (whole > 0) remove_range(iov, 0, whole);
  if (iov->count == 0 || n == 0) return;
  iov->pieces[0].base += n;
  iov->pieces[0].length -= n;
  iov->bytes -= n;
}

size_t nsk_iovec_copy(const nsk_iovec *iov, size_t offset, size_t n, void *out) {
  unsigned char *to = out;
  size_t copied = 0;
  for (size_t i = 0; i < iov->count && copied < n; i++) {
    const nsk_piece *piece = &iov->pieces[i];
    if (offset >= piece->length) {
      offset -= piece->length;
      continue;
    }
    size_t part = piece->length - offset;
    if (part > n - copied) part = n - copied;
    memcpy(to + copied, piece->base + offset, part);
    copied += part;
    offset = 0;
  }
  return copied;
}

void nski_slice_of(nski_slice *slice, const nsk_iovec *iov, size_t offset, size_t n) {
  slice->count = slice->bytes = 0;
  slice->cut = false;
  for (size_t i = 0; i < iov->count && n > 0; i++) {
    const nsk_piece *piece = &iov->pieces[i];
    if (offset >= piece->length) {
      offset -= piece->length;
      continue;
    }
    slice->cut = slice->count == NSK_PIECES_MAX;
    if (slice->cut) break;
    size_t part = piece->length - offset;
    if (part > n) part = n;
    slice->v[slice->count++] = (struct iovec){piece->base + offset, part};
    slice->bytes += part;
    n -= part;
    offset = 0;
  }
}

bool nski_slice_fits(const nski_slice *slice, int fd, int type, const char *op,
                     nsk_error *error) {
  if (!slice->cut || fd < 0 || type == SOCK_STREAM) return true;
  nski_fail(error, op, EMSGSIZE);
  nski_error_say(error, "more buffers than one packet can have");
  return false;
}

nsk_outcome nsk_socket_readv(nsk_socket *s, nsk_iovec *iov, size_t offset, size_t n,
                             int flags, size_t *moved, nsk_error *error) {
  nski_slice slice;
  nsk_outcome outcome = NSK_DONE;
  nski_slice_of(&slice, iov, offset, n);
  nski_receive r = {.op = "recvmsg",
                    .pieces = slice.v,
                    .count = slice.count,
                    .flags = flags,
                    .n = moved};
  if (nski_pending_answers(s, &r, &outcome, error)) return outcome;
  if (!nski_slice_fits(&slice, s->fd, s->type, "recvmsg", error)) return NSK_FAILED;
  struct msghdr message = {.msg_iov = slice.v, .msg_iovlen = (NSK_IOVLEN)slice.count};
  ssize_t got = recvmsg(s->fd, &message, flags | s->io_flags);
  if (got < 0)
    outcome = nski_about_peer(s, nski_not_done(error, "recvmsg", errno), error);
  else
    *moved = (size_t)got;
  if (got == 0 && slice.bytes > 0 && nski_received_end(s)) outcome = NSK_END;
  return nsk_socket_noted(s, "recvmsg", flags, outcome, error);
}

nsk_outcome nsk_socket_writev(nsk_socket *s, const nsk_iovec *iov, size_t offset,
                              size_t n, int flags, size_t *moved, nsk_error *error) {
  nski_slice slice;
  nski_slice_of(&slice, iov, offset, n);
  if (s->type == SOCK_STREAM && slice.bytes == 0) {
    if (s->fd < 0) return nski_fail(error, "sendmsg", EBADF);
    *moved = 0;
    return NSK_DONE;
  }
  if (!nski_slice_fits(&slice, s->fd, s->type, "sendmsg", error)) return NSK_FAILED;
  struct msghdr message = {.msg_iov = slice.v, .msg_iovlen = (NSK_IOVLEN)slice.count};
  ssize_t sent = sendmsg(s->fd, &message, flags | s->io_flags | MSG_NOSIGNAL);
  if (sent < 0) return nski_not_sent(s, "sendmsg", errno, error);
  *moved = (size_t)sent;
  return NSK_DONE;
}

/* A descriptor's socket type; what is no socket takes bytes as a stream does. */
static int type_of(int fd) {
  int type;
  socklen_t length = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 ? type : SOCK_STREAM;
}

/* The pieces for one call on any descriptor, whose type is asked for where it matters. */
static bool fd_slice(nski_slice *slice, int64_t fd, const nsk_iovec *iov, size_t offset,
                     size_t n, const char *op, nsk_error *error) {
  if (!nski_valid_fd(fd, op, error)) return false;
  nski_slice_of(slice, iov, offset, n);
  return !slice->cut || nski_slice_fits(slice, (int)fd, type_of((int)fd), op, error);
}

nsk_outcome nsk_fd_readv(int64_t fd, nsk_iovec *iov, size_t offset, size_t n,
                         size_t *moved, nsk_error *error) {
  nski_slice slice;
  if (!fd_slice(&slice, fd, iov, offset, n, "readv", error)) return NSK_FAILED;
  ssize_t got = readv((int)fd, slice.v, (int)slice.count);
  if (got < 0) return nski_not_done(error, "readv", errno);
  *moved = (size_t)got;
  return got == 0 && slice.bytes > 0 ? NSK_END : NSK_DONE;
}

nsk_outcome nsk_fd_writev(int64_t fd, const nsk_iovec *iov, size_t offset, size_t n,
                          size_t *moved, nsk_error *error) {
  nski_slice slice;
  nsk_sigpipe guard;
  if (!fd_slice(&slice, fd, iov, offset, n, "writev", error)) return NSK_FAILED;
  nsk_sigpipe_hold(&guard);
  ssize_t sent = writev((int)fd, slice.v, (int)slice.count);
  int code = sent < 0 ? errno : 0;
  nsk_sigpipe_release(&guard, code == EPIPE);
  if (sent < 0) return nski_not_done(error, "writev", code);
  *moved = (size_t)sent;
  return NSK_DONE;
}
