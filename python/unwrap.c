/* The end of a socket whose descriptor goes to the caller. */
#include "error.h"
#include "leaving.h"
#include "lock.h"

/* Whether calls without the GIL, or a loop in another thread, have still to leave the
   descriptor: its number must not be another file's before. */
static bool is_shared(nskp_socket *sock) {
  const nskp_hold *hold = sock->extra != NULL ? sock->extra->hold : NULL;
  return nskp_inside(sock) > 0 || (hold != NULL && hold->owners > 1);
}

static nsk_outcome duplicate(nskp_socket *sock, nsk_socket *copy, nsk_error *error) {
  nsk_outcome outcome;
  do
    outcome = nsk_socket_dup(&sock->s, copy, error);
  while (nskp_reclaim(nskp_state_of((PyObject *)sock), outcome, error));
  return outcome;
}

PyObject *nskp_give_away(nskp_socket *sock, const nskp_row *row, PyObject *number) {
  nsk_socket copy, gone;
  nsk_error error, ignored;
  int fd;
  nsk_outcome outcome = NSK_DONE;
  nsk_socket_init(&copy);
  nsk_socket_init(&gone);
  bool shared = is_shared(sock);
  if (shared) {
    Py_DECREF(number);
    outcome = duplicate(sock, &copy, &error);
    number = outcome == NSK_DONE ? PyLong_FromLong(copy.fd) : NULL;
  }
  if (number != NULL) outcome = nsk_socket_release(&sock->s, &fd, &error);
  if (number == NULL || outcome != NSK_DONE) {
    sock->ending = false;
    nsk_socket_close(&copy, &ignored);
    Py_XDECREF(number);
    return outcome != NSK_DONE ? nskp_raise(row, outcome, &error) : NULL;
  }
  if (shared) {
    gone.fd = fd;
    nsk_socket_release(&copy, &fd, &ignored);
  }
  nskp_tell_closing(sock);
  if (nskp_inside(sock) > 0) {
    sock->leaving = gone.fd;
    return number;
  }
  gone.fd = nskp_give_up(sock, gone.fd);
  nskp_close(&gone, &ignored);
  return number;
}
