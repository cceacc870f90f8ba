/* Connecting and binding by name. */
#ifndef NETSOCKET_CONNECT_H
#define NETSOCKET_CONNECT_H

#include "option.h"

/* ------------------------------------------------------------------- look-up -- */

/* A look-up that does not block. */
typedef struct {
  NSK_INSIDE(616);
} nsk_lookup;

/* NSK_DONE: *list is the answer, to which no resolver was needed. NSK_AGAIN: step. Fails
   as nsk_resolve does. The query's texts are copied. */
nsk_outcome nsk_lookup_start(nsk_lookup *op, const nsk_query *query,
                             nsk_deadline deadline, nsk_list *list, nsk_error *error);

/* The same for the names of an address, which are the answer's canonical and service;
   flags are NI_ ones. Fails as nsk_addr_names does. */
nsk_outcome nsk_lookup_names(nsk_lookup *op, const nsk_addr *addr, int flags,
                             nsk_deadline deadline, nsk_list *list, nsk_error *error);

/* NSK_DONE: *list is the answer, its caller's. NSK_AGAIN: *interest says what to wait
   for; NSK_RESOLVE of it: call nsk_lookup_resolve, for which there is no thread.
   NSK_TIMEOUT: ETIMEDOUT. After NSK_FAILED it may be stepped again, which asks anew. */
nsk_outcome nsk_lookup_step(nsk_lookup *op, nsk_interest *interest, nsk_list *list,
                            nsk_error *error);

/* Resolves in place. Blocks. */
nsk_outcome nsk_lookup_resolve(const nsk_lookup *op, nsk_list *list, nsk_error *error);
void nsk_lookup_drop(nsk_lookup *op); /* idempotent */

/* ------------------------------------------------------------------- connect -- */

/* What an opener has besides its positions; without any, all zero but for `settings`,
   whose count is 0. */
typedef struct {
  nsk_settings settings; /* on each socket, before it is bound or connected */
  nsk_addr local; /* what it is bound to before it is connected; length 0: nothing */
  int64_t attempt_delay; /* of a race, in ns; 0: the usual one */
} nsk_extras;

/* Seconds between the attempts of a race. NSK_ARGUMENT: below the 0.01 that RFC 8305
   (section 5) asks for. */
nsk_outcome nsk_extras_delay(nsk_extras *extras, double seconds, nsk_error *error);

/* What to connect to: an address at hand, or what `query` resolves to. */
typedef struct {
  const nsk_addrinfo *address; /* NULL: use query */
  nsk_query query;
  bool race;                /* several addresses at a time, families in turn: RFC 8305 */
  const nsk_extras *extras; /* NULL: none */
} nsk_target;

/* What became of one candidate. */
typedef struct {
  nsk_addr addr;
  const char *op; /* the system call that failed */
  int code;       /* errno; ETIMEDOUT also when our own time was up */
  double seconds; /* from its start to its end */
} nsk_attempt_result;

/* A connect under way. */
typedef struct {
  NSK_INSIDE(1696);
} nsk_connect;

/* Begins a connect that must end by `deadline`. With may_block the resolver runs
   in place (the operation then wants NSK_RESOLVE), else on a worker thread; in a race on
   two, one for each family. An address and a port in digits need neither. Where there is
   no thread it runs in place too unless there is a deadline, which is EAI_MEMORY then.
   Always call nsk_connect_drop afterwards, also after a failure. Fails on what can
   be known at once: the arguments, NSK_ARGUMENT also where `local` is of another family,
   or a delay is given to what is no race; NSK_MEMORY. Copies what it needs of the target.
   */
nsk_outcome nsk_connect_start(nsk_connect *op, const nsk_target *target,
                              nsk_deadline deadline, bool may_block, nsk_error *error);

/* Goes on as far as it can without waiting. NSK_DONE: *out is a connected,
   non-blocking, close-on-exec socket and *peer its address as resolved. NSK_AGAIN:
   *interest says what to wait for; call again after ready, timeout or interruption
   alike. NSK_TIMEOUT: the deadline has passed (ETIMEDOUT). NSK_FAILED: the last
   candidate's error. In both nothing is left open. */
nsk_outcome nsk_connect_step(nsk_connect *op, nsk_socket *out, nsk_addrinfo *peer,
                             nsk_interest *interest, nsk_error *error);

/* Resolves in place, when that is what the operation wants. Blocks. */
nsk_outcome nsk_connect_resolve(nsk_connect *op, nsk_error *error);

/* Gives up: attempts that are under way end as ECANCELED. For a caller whose wait has
   failed; idempotent. */
void nsk_connect_stop(nsk_connect *op);

/* What became of each candidate so far, in the order in which they ended. */
const nsk_attempt_result *nsk_connect_attempts(const nsk_connect *op, size_t *count);

/* One of them as a line: that of its error, and "after 0.001 s". Returns the length;
   NSK_LINE_MAX bytes always suffice. */
size_t nsk_attempt_line(const nsk_attempt_result *attempt, char *buf, size_t cap);

/* Ends the operation and frees all it has; any time, idempotent. */
void nsk_connect_drop(nsk_connect *op);

/* ---------------------------------------------------------------------- bind -- */

typedef struct {
  bool reuseaddr;
  bool reuseport;
  int v6only;     /* 0 off, 1 on, -1 as the system has it */
  bool with_mode; /* unix: give the path these permission bits */
  int mode;
  bool unlink; /* unix: remove a stale path before, and the path at close */
} nsk_bind_how;

/* Checks permission bits that a user gave: 0..0777, else NSK_ARGUMENT. */
nsk_outcome nsk_bind_mode(int64_t asked, int *mode, nsk_error *error);

/* A unix address whose name the kernel chooses when it is bound: an abstract one. EINVAL
   (argument): with a mode or unlink, which are for files; EOPNOTSUPP: not on this system.
   Source: unix(7), autobind. */
nsk_outcome nsk_bind_autoname(nsk_addr *addr, const nsk_bind_how *how, nsk_error *error);

/* Resolves in place (blocks unless numeric) and binds the first candidate that can
   be bound; *at is that candidate as resolved, with the name that the kernel chose. The
   last error is reported, and every socket that lost is closed at once. Of the target's
   extras it is the settings that count. NSK_ARGUMENT: `ipv6only` among them, where how
   has it. */
nsk_outcome nsk_bind(const nsk_target *target, const nsk_bind_how *how, nsk_socket *out,
                     nsk_addrinfo *at, nsk_error *error);

/* The parts of it, for a caller that looks the name up without blocking: what is to be
   asked before, and the candidates of a look-up. */
nsk_outcome nsk_bind_check(const nsk_target *target, const nsk_bind_how *how,
                           nsk_error *error);
nsk_outcome nsk_bind_list(const nsk_list *list, const nsk_bind_how *how,
                          const nsk_extras *extras, nsk_socket *out, nsk_addrinfo *at,
                          nsk_error *error);

#endif
