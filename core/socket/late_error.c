/* An error that is told after what has been received before it. */
#include "socket/socket.h"

/* Errors that end a connection are told to one call only. One that a send met, or a
   receive that gives its bytes back, must not turn into a clean end for who receives. */
void nski_note_error(nsk_socket *s, int code) {
  bool ends = code == ECONNRESET || code == ETIMEDOUT;
  bool connection = s->type == SOCK_STREAM || s->type == SOCK_SEQPACKET;
  if (ends && connection && s->fd >= 0) s->error = (uint16_t)code;
}

nsk_outcome nsk_socket_noted(nsk_socket *s, const char *op, int flags,
                             nsk_outcome outcome, nsk_error *error) {
  bool nothing = outcome == NSK_END || outcome == NSK_AGAIN;
  if (!nothing || s->error == 0 || (flags & (MSG_OOB | MSG_ERRQUEUE))) return outcome;
  int code = s->error;
  s->error = 0; /* as the kernel's own, MSG_PEEK or not */
  return nski_about_peer(s, nski_fail(error, op, code), error);
}

nsk_outcome nsk_socket_take_error(nsk_socket *s, nsk_error *pending, nsk_error *error) {
  int code = 0;
  socklen_t length = sizeof code;
  if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &code, &length) < 0)
    return nski_fail(error, "getsockopt", errno);
  if (code == 0) code = s->error;
  s->error = 0;
  nski_about_peer(s, nski_fail(pending, "error", code), pending);
  return NSK_DONE;
}
