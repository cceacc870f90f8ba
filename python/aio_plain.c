/* What plain calls have in common as coroutines. */
#include "aio_plain.h"

#include "error.h"

static nskp_aio_call *part(nskp_coroutine *c) {
  return nskp_part(c);
}

nskp_coroutine *nskp_aio_plain(PyObject *module, const nskp_args *a,
                               const nskp_kind *kind, int sec) {
  nskp_socket *sock;
  nsk_deadline deadline;
  int flags;
  if (!nskp_get_socket(a, 0, module, &sock) || !nskp_get_flags(a, &flags) ||
      !nskp_get_limit(a, sec, sock, &deadline))
    return NULL;
  nskp_coroutine *c =
      nskp_coroutine_new(nskp_state_of_module(module), kind, a->row, sock);
  if (c == NULL) return NULL;
  nsk_need need = kind->writing ? NSK_WRITE : NSK_READ;
  nsk_timed_begin(&part(c)->timed, &sock->s, need, a->row->name, NULL);
  part(c)->timed.deadline = deadline;
  part(c)->flags = flags;
  return c;
}

nsk_outcome nskp_aio_tried(nskp_coroutine *c, nsk_outcome outcome, nsk_interest *interest,
                           nsk_error *error) {
  if (outcome != NSK_AGAIN) return outcome;
  if (nsk_flags_wait(part(c)->flags))
    return nsk_timed_wait(&part(c)->timed, &c->sock->s, interest, error);
  nskp_raise_outcome(c->name, NSK_AGAIN, error); /* no wait brings what was asked for */
  return NSK_INTERRUPTED;
}

void nskp_aio_plain_end(nskp_coroutine *c) {
  nsk_timed_end(&part(c)->timed);
}
