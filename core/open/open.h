/* Connecting and binding by name. */
#ifndef NSK_CORE_OPEN_H
#define NSK_CORE_OPEN_H

#include "message/message.h"

/* One candidate on its way. */
typedef struct {
  int fd;
  size_t candidate;
  int64_t started;
  int repeats;  /* how often it has reached itself */
  bool lingers; /* close(2) may wait: linger was set */
} nski_attempt;

enum { NSKI_ATTEMPTS = 4 };

/* What an nsk_connect holds. */
typedef struct {
  nsk_list list; /* the candidates; without items, `only` is the one */
  nsk_addrinfo only;
  size_t next; /* the candidate to start next */
  nski_attempt attempts[NSKI_ATTEMPTS];
  size_t under_way;
  nsk_pollset set;
  nsk_entry entries[NSKI_ATTEMPTS + 1]; /* what is in it: the attempts, the resolver */
  bool race;      /* start the next candidate before this one has failed */
  bool collected; /* NSK_COLLECT was asked for, and is not again */
  bool may_block; /* the caller has neither a deadline nor a scheduler */
  int state;
  nsk_deadline deadline;
  nsk_setting *settings; /* set on each attempt's socket; a copy */
  size_t setting_count;
  nsk_addr local;     /* what each is bound to; length 0: nothing */
  int64_t head_start; /* what an attempt of a race has before the next is started */
  int64_t delay;      /* until when the addresses that are there wait for IPv6's */
  int64_t turn;       /* when the next candidate gets its turn */
  int64_t backoff;    /* unix: how long the next pause is, in ns */
  int64_t pause;      /* unix: when the present pause ends, 0: none */
  nsk_query query;
  nski_worker *worker; /* while it owes an answer */
  nsk_error last;      /* why the latest candidate failed, or resolving */
  nsk_attempt_result *results;
  size_t result_count;
  nsk_texts texts;
} nski_connect;

_Static_assert(sizeof(nski_connect) <= sizeof(nsk_connect), "its storage is too small");

/* candidates.c: what there is to connect to, in its order. */
const nsk_addrinfo *nski_candidate(const nski_connect *op, size_t i);
size_t nski_candidates(const nski_connect *op);
void nski_candidates_order(nski_connect *op);
/* Asks the resolver on a worker, about op->host and op->service; what it answers is taken
   while the operation goes on, until all has come and op->worker is NULL. Then, without a
   candidate, op->last says why. NSK_FAILED: no memory. */
nsk_outcome nski_candidates_ask(nski_connect *op, nsk_error *error);
nsk_outcome nski_candidates_take(nski_connect *op, nsk_error *error);
void nski_candidates_forget(nski_connect *op);
/* There are candidates, and none that are worth waiting for before the first is started;
   or no answer is due any more. */
bool nski_candidates_suffice(const nski_connect *op);

/* extras.c: takes what a connect has besides its target; EINVAL of an argument that does
   not suit it, NSK_MEMORY. */
nsk_outcome nski_extras_take(nski_connect *op, const nsk_target *target,
                             nsk_error *error);

/* attempt.c: candidates on their way. A code is 0 (connected), EINPROGRESS, or the
   errno of *syscall. A started one that has not *begun has failed before connect(2). */
int nski_attempt_start(nski_connect *op, const char **syscall, bool *begun);
int nski_attempt_begin(const nski_connect *op, const nski_attempt *attempt);
int nski_attempt_progress(const nski_connect *op, const nski_attempt *attempt);
/* Whether attempt i is connected to itself: it is begun again then, twice, and refused.
 */
bool nski_attempt_reached_itself(const nski_connect *op, size_t i);
int nski_attempt_repeat(nski_connect *op, size_t i, const char **syscall);
/* Records how attempt i ended and closes it. */
void nski_attempt_end(nski_connect *op, size_t i, const char *syscall, int code);
void nski_attempt_record(nski_connect *op, size_t candidate, int64_t started,
                         const char *syscall, int code);
void nski_attempt_close_all(nski_connect *op);
/* What to wait for: all attempts, and the resolver. */
void nski_attempt_watch(nski_connect *op, nsk_interest *interest);

#endif
