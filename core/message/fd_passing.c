/* One descriptor over a unix socket. */
#include "message/message.h"

#include <string.h>

/* The room for one descriptor would hold two on 64-bit systems, and a second one would
   be installed and lost: there is always room for all that a message may carry. */
enum { CONTROL_ROOM = 2048 };

nsk_outcome nsk_socket_sendfd(nsk_socket *s, int64_t fd, const nsk_addr *to, int flags,
                              nsk_error *error) {
  union {
    struct cmsghdr header;
    unsigned char bytes[CMSG_SPACE(sizeof(int))];
  } control = {.bytes = {0}};
  unsigned char byte = 0; /* a stream carries no descriptor without one */
  struct iovec payload = {&byte, 1};
  struct msghdr wire = {.msg_iov = &payload, .msg_iovlen = 1};
  if (!nski_valid_fd(fd, "sendfd", error)) return NSK_FAILED;
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
  int number = (int)fd;
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof number);
  memcpy(CMSG_DATA(&control.header), &number, sizeof number);
  wire.msg_control = control.bytes;
  wire.msg_controllen = sizeof control.bytes;
  if (sendmsg(s->fd, &wire, flags | s->io_flags | MSG_NOSIGNAL) >= 0) return NSK_DONE;
  return nski_not_sent(s, "sendmsg", errno, error);
}

/* The kernel drops descriptors without an error when the table is full or the room
   small; whether one more would fit tells which. */
static int cut_short(const nsk_socket *s) {
  int probe = nski_dup_fd(s->fd);
  int code = probe < 0 && (errno == EMFILE || errno == ENFILE) ? errno : EMSGSIZE;
  if (probe >= 0) nski_close_fd(probe);
  return code;
}

static nsk_outcome without_fd(int received, unsigned char byte, nsk_error *error) {
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
  struct msghdr wire = {.msg_iov = &payload, .msg_iovlen = 1};
  size_t n;
  nsk_outcome outcome;
  if (flags & MSG_PEEK)
    return nsk_error_argument(error, "recvfd", "flags", "MSG_PEEK would give it twice");
  nski_receive r = {
      .op = "recvmsg", .pieces = &payload, .count = 1, .flags = flags, .n = &n};
  if (nski_pending_answers(s, &r, &outcome, error))
    return outcome == NSK_DONE ? without_fd((int)n, byte, error) : outcome;
  outcome = nski_receive_message(s, &wire, &control, flags, &n, error);
  if (outcome != NSK_DONE) return nsk_socket_noted(s, "recvmsg", flags, outcome, error);
  size_t fds = nski_control_fds(&control);
  int code = 0;
  if (wire.msg_flags & MSG_CTRUNC)
    code = cut_short(s);
  else if (fds > 1)
    code = EMSGSIZE;
  bool found = code == 0 && fds == 1;
  if (found) *fd = nski_control_take_fd(&control);
  nski_control_clear(&control);
  if (found) return NSK_DONE;
  if (code != 0) return nski_fail(error, "recvmsg", code);
  if (n == 0 && nski_received_end(s))
    return nsk_socket_noted(s, "recvmsg", flags, NSK_END, error);
  return without_fd((int)n, byte, error);
}
