/* Descriptors over a unix socket, one or several with a message. */
#include "message/message.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The room for one descriptor would hold two on 64-bit systems, and a second one would
   be installed and lost: there is always room for all that a message may carry. */
enum { CONTROL_ROOM = 2048 };

/* ------------------------------------------------------------------- sending -- */

/* The descriptors in the form of the kernel; none without one. */
static void attach(struct msghdr *wire, struct cmsghdr *header, const int *fds,
                   size_t count) {
  size_t bytes = count * sizeof *fds;
  if (count == 0) return;
  memset(header, 0, CMSG_SPACE(bytes));
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = (NSK_CMSGLEN)CMSG_LEN(bytes);
  memcpy(CMSG_DATA(header), fds, bytes);
  wire->msg_control = header;
  wire->msg_controllen = (NSK_CONTROLLEN)CMSG_SPACE(bytes);
}

static nsk_outcome give(nsk_socket *s, const int *fds, size_t count,
                        struct iovec *payload, const nsk_addr *to, int flags, size_t *n,
                        nsk_error *error) {
  union {
    struct cmsghdr header;
    unsigned char bytes[CMSG_SPACE(NSK_RIGHTS_MAX * sizeof(int))];
  } control;
  struct msghdr wire = {.msg_iov = payload, .msg_iovlen = 1};
  if (s->fd < 0) return nski_fail(error, "sendmsg", EBADF);
  if (s->family != AF_UNIX) {
    nski_fail(error, "sendmsg", EOPNOTSUPP);
    nski_error_say(error, "only unix sockets pass descriptors");
    return NSK_FAILED;
  }
  if (to != NULL) {
    if (nsk_addr_family(to) != AF_UNIX)
      return nski_fail_at(error, "sendmsg", EAFNOSUPPORT, to);
    wire.msg_name = (void *)nski_addr_sockaddr(to);
    wire.msg_namelen = to->length;
  }
  attach(&wire, &control.header, fds, count);
  ssize_t sent = sendmsg(s->fd, &wire, flags | s->io_flags | MSG_NOSIGNAL);
  if (sent < 0) return nski_not_sent(s, "sendmsg", errno, error);
  *n = (size_t)sent;
  return NSK_DONE;
}

nsk_outcome nsk_socket_sendfd(nsk_socket *s, int64_t fd, const nsk_addr *to, int flags,
                              nsk_error *error) {
  unsigned char byte = 0; /* a stream carries no descriptor without one */
  struct iovec payload = {&byte, 1};
  size_t n;
  if (!nski_valid_fd(fd, "sendfd", error)) return NSK_FAILED;
  int number = (int)fd;
  return give(s, &number, 1, &payload, to, flags, &n, error);
}

nsk_outcome nsk_socket_sendfds(nsk_socket *s, const int64_t *fds, size_t count,
                               const void *bytes, size_t length, const nsk_addr *to,
                               int flags, size_t *n, nsk_error *error) {
  int numbers[NSK_RIGHTS_MAX] = {0};
  struct iovec payload = {(void *)(uintptr_t)bytes, length};
  if (count > NSK_RIGHTS_MAX)
    return nsk_error_argument(error, "sendfds", "fds", "has more than 253 descriptors");
  for (size_t i = 0; i < count; i++) {
    if (fds[i] < 0 || fds[i] > INT_MAX)
      return nsk_error_argument(error, "sendfds", "fds", NSK_NO_DESCRIPTOR);
    numbers[i] = (int)fds[i];
  }
  if (length == 0 && count > 0 && s->family == AF_UNIX && s->type == SOCK_STREAM)
    return nsk_error_argument(error, "sendfds", "msg",
                              "needs at least one byte for a stream");
  return give(s, numbers, count, &payload, to, flags, n, error);
}

/* ----------------------------------------------------------------- receiving -- */

/* The kernel drops descriptors without an error when the table is full or the room
   small; whether one more would fit tells which. */
static int cut_short(const nsk_socket *s) {
  int probe = nski_dup_fd(s->fd);
  int code = probe < 0 && (errno == EMFILE || errno == ENFILE) ? errno : EMSGSIZE;
  if (probe >= 0) nski_close_fd(probe);
  return code;
}

/* One message, *n bytes of it also where its descriptors were cut short. The control has
   what is left to close on NSK_DONE. */
static nsk_outcome take(nsk_socket *s, const char *op, struct iovec *payload, int flags,
                        size_t *n, nsk_control *control, nsk_error *error) {
  struct msghdr wire = {.msg_iov = payload, .msg_iovlen = 1};
  nsk_outcome outcome;
  *n = 0;
  if (flags & MSG_PEEK)
    return nsk_error_argument(error, op, "flags", "MSG_PEEK would give it twice");
  nski_receive r = {
      .op = "recvmsg", .pieces = payload, .count = 1, .flags = flags, .n = n};
  if (nski_pending_answers(s, &r, &outcome, error)) return outcome;
  outcome = nski_receive_message(s, &wire, control, flags, n, error);
  if (outcome != NSK_DONE) return nsk_socket_noted(s, "recvmsg", flags, outcome, error);
  if (wire.msg_flags & MSG_CTRUNC) {
    int code = cut_short(s);
    nski_control_clear(control);
    return nski_fail(error, "recvmsg", code);
  }
  if (*n > 0 || nski_control_fds(control) > 0 || !nski_received_end(s)) return NSK_DONE;
  nski_control_clear(control);
  return nsk_socket_noted(s, "recvmsg", flags, NSK_END, error);
}

static nsk_outcome without_fd(size_t received, unsigned char byte, nsk_error *error) {
  nski_fail(error, "recvmsg", ENOMSG);
  nski_error_say(error, "no descriptor in the message");
  error->byte = received > 0 ? byte : -1;
  return NSK_FAILED;
}

nsk_outcome nsk_socket_recvfd(nsk_socket *s, int flags, int *fd, nsk_error *error) {
  _Alignas(struct cmsghdr) unsigned char room[CONTROL_ROOM];
  nsk_control control = {.buffer = room, .capacity = sizeof room};
  unsigned char byte = 0;
  struct iovec payload = {&byte, 1};
  size_t n;
  nsk_outcome outcome = take(s, "recvfd", &payload, flags, &n, &control, error);
  if (outcome != NSK_DONE) return outcome;
  size_t fds = nski_control_fds(&control);
  if (fds == 1) nski_control_take_fds(&control, fd);
  nski_control_clear(&control);
  if (fds == 1) return NSK_DONE;
  if (fds > 1) return nski_fail(error, "recvmsg", EMSGSIZE);
  return without_fd(n, byte, error);
}

/* ------------------------------------------------------------------- parcels -- */

nsk_parcel *nsk_parcel_new(size_t size) {
  nsk_parcel *made = malloc(sizeof *made);
  if (made == NULL) return NULL;
  *made = (nsk_parcel){.size = size};
  if (nsk_buffer_reserve(&made->buffer, size)) return made;
  free(made);
  return NULL;
}

const void *nsk_parcel_bytes(const nsk_parcel *parcel) {
  return parcel->buffer->data;
}

void nsk_parcel_end(nsk_socket *s, nsk_parcel *parcel, bool delivered) {
  if (!delivered) {
    for (size_t i = 0; i < parcel->count; i++)
      nski_close_fd(parcel->fds[i]);
    if (s != NULL && parcel->length > 0) {
      nsk_socket_put_back(s, parcel->buffer, parcel->length, NULL);
      parcel->buffer = NULL;
    }
  }
  nsk_buffer_free(parcel->buffer);
  free(parcel);
}

nsk_outcome nsk_socket_recvfds(nsk_socket *s, nsk_parcel *parcel, int flags,
                               nsk_error *error) {
  _Alignas(struct cmsghdr) unsigned char room[CONTROL_ROOM];
  nsk_control control = {.buffer = room, .capacity = sizeof room};
  struct iovec payload = {parcel->buffer->data, parcel->size};
  nsk_outcome outcome =
      take(s, "recvfds", &payload, flags, &parcel->length, &control, error);
  if (outcome != NSK_DONE) return outcome;
  size_t fds = nski_control_fds(&control);
  if (fds <= NSK_RIGHTS_MAX) parcel->count = nski_control_take_fds(&control, parcel->fds);
  nski_control_clear(&control);
  return fds <= NSK_RIGHTS_MAX ? NSK_DONE : nski_fail(error, "recvmsg", EMSGSIZE);
}
