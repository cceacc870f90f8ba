/* How long the plain calls of a socket wait. */
#ifndef NETSOCKET_TIMEOUT_H
#define NETSOCKET_TIMEOUT_H

#include "socket.h"

/* ------------------------------------------------------------------- timeout -- */

/* The timeout of a socket in seconds: 0, as at first, where plain calls never wait,
   infinity where they wait without limit. */
double nsk_socket_timeout(const nsk_socket *s);

/* Says what it is and sets it to *seconds, unless that is NULL. Above 0 no call on the
   socket blocks in the kernel, whatever the mode of the descriptor. EBADF, NSK_MEMORY;
   NSK_ARGUMENT: negative or NaN. */
nsk_outcome nsk_socket_set_timeout(nsk_socket *s, const double *seconds, double *before,
                                   nsk_error *error);

/* The deadline of a call that begins now and is given none: the timeout's where that is
   above 0, else none. */
nsk_deadline nsk_socket_deadline(const nsk_socket *s);

/* --------------------------------------------------------------- plain calls -- */

/* Whether a wait can bring what a call with these flags asks for. */
bool nsk_flags_wait(int flags);

/* Whether a plain call with these flags that said NSK_AGAIN is to wait: there is a
   timeout, and the flags do not ask for what a wait does not bring. */
bool nsk_socket_waits(const nsk_socket *s, int flags);

/* Such a call, which is tried and waited for in turn. */
typedef struct {
  const nsk_addr *about; /* the address that its errors name, or NULL; the caller's */
  nsk_need need;
  nsk_deadline deadline; /* of the socket's timeout, unless its caller sets another */
  NSK_INSIDE(96);
} nsk_timed;

/* Begins after a first try that said NSK_AGAIN. name is a static string. */
void nsk_timed_begin(nsk_timed *op, const nsk_socket *s, nsk_need need, const char *name,
                     const nsk_addr *about);

/* After each try that said NSK_AGAIN, the first as well. NSK_AGAIN: *interest says what
   to wait for before the next. NSK_INTERRUPTED: try again first. NSK_TIMEOUT: the time is
   up (ETIMEDOUT). `s` may be a copy. */
nsk_outcome nsk_timed_wait(nsk_timed *op, const nsk_socket *s, nsk_interest *interest,
                           nsk_error *error);

void nsk_timed_end(nsk_timed *op); /* idempotent */

#endif
