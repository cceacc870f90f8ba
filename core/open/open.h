/* Connecting and binding by name. */
#ifndef NSK_CORE_OPEN_H
#define NSK_CORE_OPEN_H

#include "message/message.h"

/* candidates.c: what there is to connect to, in its order. */
const nsk_addrinfo *nski_candidate(const nsk_connect *op, size_t i);
size_t nski_candidates(const nsk_connect *op);
void nski_candidates_order(nsk_connect *op);
/* Asks the resolver on a worker, about op->host and op->service; what it answers is taken
   while the operation goes on, until all has come and op->worker is NULL. Then, without a
   candidate, op->last says why. NSK_FAILED: no memory. */
nsk_outcome nski_candidates_ask(nsk_connect *op, nsk_error *error);
nsk_outcome nski_candidates_take(nsk_connect *op, nsk_error *error);
void nski_candidates_forget(nsk_connect *op);
/* There are candidates, and none that are worth waiting for before the first is started;
   or no answer is due any more. */
bool nski_candidates_suffice(const nsk_connect *op);

/* extras.c: takes what a connect has besides its target; EINVAL of an argument that does
   not suit it, NSK_MEMORY. */
nsk_outcome nski_extras_take(nsk_connect *op, const nsk_target *target, nsk_error *error);

/* attempt.c: candidates on their way. A code is 0 (connected), EINPROGRESS, or the
   errno of *syscall. A started one that has not *begun has failed before connect(2). */
int nski_attempt_start(nsk_connect *op, const char **syscall, bool *begun);
int nski_attempt_begin(const nsk_connect *op, const nsk_attempt *attempt);
int nski_attempt_progress(const nsk_connect *op, const nsk_attempt *attempt);
/* Whether attempt i is connected to itself: it is begun again then, twice, and refused.
 */
bool nski_attempt_reached_itself(const nsk_connect *op, size_t i);
int nski_attempt_repeat(nsk_connect *op, size_t i, const char **syscall);
/* Records how attempt i ended and closes it. */
void nski_attempt_end(nsk_connect *op, size_t i, const char *syscall, int code);
void nski_attempt_record(nsk_connect *op, size_t candidate, int64_t started,
                         const char *syscall, int code);
void nski_attempt_close_all(nsk_connect *op);
/* What to wait for: all attempts, and the resolver. */
void nski_attempt_watch(nsk_connect *op, nsk_interest *interest);

#endif
