/* sendmsg(2) and recvmsg(2) with everything that a message can carry. */
#include "message/message.h"

#include <string.h>

/* Room for as many descriptors as a message may have, credentials, a timestamp and the
   rest of what the options of the library switch on: never too small for a
   descriptor, so that none is lost to our own thrift. */
_Static_assert(CMSG_SPACE(NSK_RIGHTS_MAX * sizeof(int)) + 512 <= NSK_CONTROL_ROOM,
               "the control room holds 253 descriptors and more");

static const nsk_iovec no_iovec;

size_t nsk_message_room(const nsk_message *message) {
  return message->limited ? message->room : NSK_CONTROL_ROOM;
}

nsk_outcome nsk_message_limit(nsk_message *message, int64_t room, nsk_error *error) {
  if (room < 0 || room > NSK_CONTROL_ROOM)
    return nsk_error_argument(error, "control_room", "limit", "must be 0..2048");
  message->limited = room < NSK_CONTROL_ROOM;
  message->room = (uint16_t)room;
  return NSK_DONE;
}

/* The pieces of a message, which go into wire; false: too many for a packet. */
static bool set_pieces(struct msghdr *wire, nski_slice *slice, const nsk_socket *s,
                       const nsk_iovec *iov, const char *op, nsk_error *error) {
  nski_slice_of(slice, iov, 0, iov->bytes);
  wire->msg_iov = slice->v;
  wire->msg_iovlen = (NSK_IOVLEN)slice->count;
  return nski_slice_fits(slice, s->fd, s->type, op, error);
}

static nsk_outcome refuse_control(const nsk_socket *s, const nsk_message *message,
                                  size_t payload, nsk_error *error) {
  size_t fds = nski_control_fds(message->control);
  if (fds > NSK_RIGHTS_MAX)
    return nsk_error_argument(error, "sendmsg", "control",
                              "has more than 253 descriptors");
  if (fds > 0 && s->family != AF_UNIX) {
    nski_fail_about(error, "sendmsg", EOPNOTSUPP, "control", 7);
    nski_error_say(error, "only unix sockets pass descriptors");
    return NSK_FAILED;
  }
  if (payload == 0 && s->type == SOCK_STREAM)
    return nsk_error_argument(error, "sendmsg", "control",
                              "needs at least one byte with it");
  return NSK_DONE;
}

nsk_outcome nsk_socket_sendmsg(nsk_socket *s, nsk_message *message, int flags, size_t *n,
                               nsk_error *error) {
  const nsk_iovec *iov = message->iov != NULL ? message->iov : &no_iovec;
  const nsk_control *control = message->control;
  bool with_control = control != NULL && control->count > 0 && !message->control_sent;
  struct msghdr wire = {.msg_name = NULL};
  nski_slice slice;
  if (s->fd < 0) return nski_fail(error, "sendmsg", EBADF);
  if (!set_pieces(&wire, &slice, s, iov, "sendmsg", error)) return NSK_FAILED;
  if (message->name.length > 0) {
    if (nsk_addr_family(&message->name) != s->family)
      return nski_fail_at(error, "sendmsg", EAFNOSUPPORT, &message->name);
    wire.msg_name = message->name.bytes;
    wire.msg_namelen = message->name.length;
  }
  if (with_control) {
    nsk_outcome outcome = refuse_control(s, message, iov->bytes, error);
    if (outcome != NSK_DONE) return outcome;
    wire.msg_control = control->buffer + control->start;
    wire.msg_controllen = (NSK_CONTROLLEN)(control->end - control->start);
  } else if (iov->bytes == 0 && s->type == SOCK_STREAM) {
    *n = 0;
    return NSK_DONE;
  }
  ssize_t sent = sendmsg(s->fd, &wire, flags | s->io_flags | MSG_NOSIGNAL);
  if (sent < 0) return nski_not_sent(s, "sendmsg", errno, error);
  *n = (size_t)sent;
  if (with_control && *n < iov->bytes) message->control_sent = true;
  return NSK_DONE;
}

nsk_outcome nski_receive_message(nsk_socket *s, struct msghdr *wire, nsk_control *control,
                                 int flags, size_t *n, nsk_error *error) {
  wire->msg_control = control->buffer;
  wire->msg_controllen = (NSK_CONTROLLEN)control->capacity;
  ssize_t got =
      recvmsg(s->fd, wire, (flags & ~MSG_TRUNC) | s->io_flags | MSG_CMSG_CLOEXEC);
  if (got < 0) return nski_about_peer(s, nski_not_done(error, "recvmsg", errno), error);
  *n = (size_t)got;
  nski_control_received(control, wire->msg_controllen);
  wire->msg_flags &= ~MSG_CMSG_CLOEXEC;
  return NSK_DONE;
}

/* Pending bytes have no control messages: those that were attached go. */
static bool answered(nsk_socket *s, nsk_message *message, const struct msghdr *wire,
                     int flags, size_t *n, nsk_outcome *outcome, nsk_error *error) {
  nsk_addr from;
  nski_receive r = {.op = "recvmsg",
                    .pieces = wire->msg_iov,
                    .count = (size_t)wire->msg_iovlen,
                    .flags = flags,
                    .n = n,
                    .from = &from};
  if (!nski_pending_answers(s, &r, outcome, error)) return false;
  if (*outcome != NSK_DONE) return true;
  message->name = from;
  message->flags = r.cut ? MSG_TRUNC : 0;
  if (message->control != NULL) nski_control_clear(message->control);
  return true;
}

/* The control messages that were attached stay until there are new ones: a receive that
   finds nothing changes nothing. */
nsk_outcome nsk_socket_recvmsg(nsk_socket *s, nsk_message *message, int flags, size_t *n,
                               nsk_error *error) {
  _Alignas(struct cmsghdr) unsigned char room[NSK_CONTROL_ROOM];
  nsk_control received = {.buffer = room, .capacity = nsk_message_room(message)};
  const nsk_iovec *iov = message->iov != NULL ? message->iov : &no_iovec;
  nski_slice slice;
  nsk_addr name;
  socklen_t length;
  nsk_outcome outcome;
  if (message->control != NULL &&
      !nski_control_reserve(message->control, NSK_CONTROL_ROOM))
    return nski_fail_memory(error, "recvmsg");
  struct sockaddr *space = nski_addr_space(&name, &length);
  struct msghdr wire = {.msg_name = space, .msg_namelen = length};
  if (!set_pieces(&wire, &slice, s, iov, "recvmsg", error)) return NSK_FAILED;
  if (answered(s, message, &wire, flags, n, &outcome, error)) return outcome;
  outcome = nski_receive_message(s, &wire, &received, flags, n, error);
  if (outcome != NSK_DONE) return nsk_socket_noted(s, "recvmsg", flags, outcome, error);
  bool dropped = false;
  if (message->control != NULL)
    nski_control_move(message->control, &received);
  else
    dropped = nski_control_clear(&received) > 0;
  message->flags = wire.msg_flags | (dropped ? MSG_CTRUNC : 0);
  nski_addr_filled(&name, wire.msg_namelen);
  if (name.length <= sizeof(sa_family_t)) name.length = 0;
  message->name = name;
  if (*n > 0 || iov->bytes == 0 || (flags & MSG_ERRQUEUE)) return NSK_DONE;
  outcome = nski_received_end(s) ? NSK_END : NSK_DONE;
  return nsk_socket_noted(s, "recvmsg", flags, outcome, error);
}
