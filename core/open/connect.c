/*
 * A connect as an operation that is stepped: resolve, then the candidates, under one
 * deadline. One after the other each gets its share of the time; in a race (RFC 8305)
 * the next starts while the others are still on their way, and so does the first while
 * one family's addresses are yet to come. Nothing here waits: the operation says what it
 * wants.
 */
#include "open/open.h"

#include <stdlib.h>
#include <string.h>

/* Where an operation stands. */
enum {
  OVER,    /* finished or failed: nothing is open */
  ASK,     /* resolving had no descriptor left: it begins once more after a collection */
  RESOLVE, /* the adapter must call nsk_connect_resolve */
  RESOLVING, /* a worker does it, and there is no candidate to start yet */
  FLYING     /* candidates are started and asked */
};

static const int64_t second = 1000000000;
static const int64_t millisecond = 1000000;

/* Going on: not an answer to the caller. */
#define STEP_ON NSK_INTERRUPTED

static nsk_outcome end(nski_connect *op, nsk_outcome outcome) {
  nski_attempt_close_all(op);
  nski_candidates_forget(op);
  nsk_list_free(&op->list);
  op->state = OVER;
  return outcome;
}

static nsk_outcome wait_on(nsk_interest *interest, int fd, nsk_need need, int64_t until) {
  *interest = (nsk_interest){.fd = fd, .need = need, .until = until};
  return NSK_AGAIN;
}

static int64_t sooner(int64_t a, int64_t b) {
  return a < b ? a : b;
}

/* ------------------------------------------------------------------ time is up -- */

static nsk_outcome timed_out(nski_connect *op, nsk_error *error) {
  bool flying = op->state == FLYING;
  while (op->under_way > 0)
    nski_attempt_end(op, 0, "connect", ETIMEDOUT);
  if (flying && op->next > 0)
    nski_fail_at(error, "connect", ETIMEDOUT, &nski_candidate(op, op->next - 1)->addr);
  else
    nski_fail_about(error, "getaddrinfo", ETIMEDOUT, op->texts.host,
                    strlen(op->texts.host));
  return end(op, nski_error_late(error, "no answer", &op->deadline));
}

/* When the next candidate gets its turn. In a race that is soon; else each candidate but
   the last has an equal share of the time that is left, so that a silent one never
   starves the next, and ten seconds where there is no deadline. */
static int64_t next_turn(const nski_connect *op) {
  size_t left = nski_candidates(op) - op->next;
  int64_t now = nsk_now();
  if (op->race) return now + op->head_start;
  if (left == 0) return NSK_NEVER;
  if (op->deadline.at == NSK_NEVER) return now + 10 * second;
  return now + (op->deadline.at - now) / (int64_t)(left + 1);
}

/* ------------------------------------------------------------------- candidates -- */

static nsk_outcome connected(nski_connect *op, size_t i, nsk_socket *out,
                             nsk_addrinfo *peer, nsk_error *error) {
  const nski_attempt attempt = op->attempts[i];
  const nsk_addrinfo *to = nski_candidate(op, attempt.candidate);
  nski_socket_set(out, attempt.fd, nsk_addr_family(&to->addr),
                  to->socktype != 0 ? to->socktype : SOCK_STREAM, to->protocol, true);
  out->lingers = attempt.lingers;
  *peer = *to;
  op->attempts[i] = op->attempts[--op->under_way]; /* it is the caller's now */
  nsk_outcome outcome = nski_settings_after(op->settings, op->setting_count, out, error);
  if (outcome != NSK_DONE) {
    nsk_error ignored;
    nsk_socket_close(out, &ignored);
    nski_fail_at(error, error->op, error->code, &peer->addr);
  }
  return end(op, outcome);
}

/* Candidates that are still on their way are given up. */
static nsk_outcome stopped(nski_connect *op) {
  while (op->under_way > 0)
    nski_attempt_end(op, 0, "connect", ECANCELED);
  return end(op, NSK_FAILED);
}

void nsk_connect_stop(nsk_connect *storage) {
  nski_connect *op = (void *)storage->inside;
  stopped(op);
}

static nsk_outcome failed(nski_connect *op, nsk_error *error) {
  *error = op->last;
  return stopped(op);
}

/* The next candidate need not wait for its turn then. */
static nsk_outcome attempt_failed(nski_connect *op, size_t i, const char *syscall,
                                  int code, nsk_error *error) {
  nski_attempt_end(op, i, syscall, code);
  op->turn = nsk_now();
  return nski_exhausted(code) && op->under_way == 0 ? failed(op, error) : STEP_ON;
}

/* Attempt i has come to `code`. */
static nsk_outcome judge(nski_connect *op, size_t i, const char *syscall, int code,
                         nsk_socket *out, nsk_addrinfo *peer, nsk_error *error) {
  while (code == 0 && nski_attempt_reached_itself(op, i))
    code = nski_attempt_repeat(op, i, &syscall);
  if (code == 0) return connected(op, i, out, peer, error);
  if (code == EINPROGRESS) return STEP_ON;
  int family = nsk_addr_family(&nski_candidate(op, op->attempts[i].candidate)->addr);
  if (code == EAGAIN && family == AF_UNIX) {
    op->pause = nsk_now() + op->backoff;
    op->backoff = sooner(2 * op->backoff, 50 * millisecond);
    return STEP_ON;
  }
  return attempt_failed(op, i, syscall, code, error);
}

static nsk_outcome start_next(nski_connect *op, nsk_socket *out, nsk_addrinfo *peer,
                              nsk_interest *interest, nsk_error *error) {
  const char *syscall;
  size_t before = op->under_way;
  int64_t started = nsk_now();
  bool begun;
  int code = nski_attempt_start(op, &syscall, &begun);
  op->turn = next_turn(op);
  op->backoff = millisecond;
  if (op->under_way > before && !begun)
    return attempt_failed(op, before, syscall, code, error);
  if (op->under_way > before) return judge(op, before, syscall, code, out, peer, error);
  if (before > 0 && nski_exhausted(code)) {
    op->next--; /* those under way may do; else it has its turn again */
    return STEP_ON;
  }
  if (nski_scarce(code) && !op->collected) {
    op->collected = true;
    op->next--;
    return wait_on(interest, -1, NSK_COLLECT, op->deadline.at);
  }
  nski_attempt_record(op, op->next - 1, started, syscall, code);
  op->turn = started;
  return nski_exhausted(code) ? failed(op, error) : STEP_ON;
}

static nsk_outcome ask_all(nski_connect *op, nsk_socket *out, nsk_addrinfo *peer,
                           nsk_error *error) {
  for (size_t i = op->under_way; i-- > 0;) {
    int code = nski_attempt_progress(op, &op->attempts[i]);
    nsk_outcome outcome = judge(op, i, "connect", code, out, peer, error);
    if (outcome != STEP_ON) return outcome;
  }
  return STEP_ON;
}

/* A unix listener's queue is full. poll(2) calls such a socket writable and would spin,
   so the pause is waited out on nothing at all. */
static nsk_outcome wait_for_room(nski_connect *op, nsk_socket *out, nsk_addrinfo *peer,
                                 nsk_interest *interest, nsk_error *error) {
  if (nsk_passed(op->deadline.at)) return timed_out(op, error);
  if (!nsk_passed(op->pause)) {
    op->set.count = 0;
    wait_on(interest, -1, NSK_READ, sooner(op->pause, op->deadline.at));
    interest->set = &op->set;
    return NSK_AGAIN;
  }
  op->pause = 0;
  int code = nski_attempt_begin(op, &op->attempts[0]);
  return judge(op, 0, "connect", code, out, peer, error);
}

static bool may_start(const nski_connect *op) {
  if (op->next == nski_candidates(op)) return false;
  if (op->under_way == 0) return true;
  return op->race && op->under_way < NSKI_ATTEMPTS && nsk_passed(op->turn);
}

/* All that were there have failed, the latest at op->turn. The family that has not been
   answered may have another, but a name server that never answers must not make more of
   a failure than it is. */
static nsk_outcome await_more(nski_connect *op, nsk_interest *interest,
                              nsk_error *error) {
  int64_t until = sooner(op->turn + op->head_start, op->deadline.at);
  if (op->worker == NULL || nsk_passed(until)) return failed(op, error);
  return wait_on(interest, nski_worker_fd(op->worker), NSK_READ, until);
}

static nsk_outcome fly(nski_connect *op, nsk_socket *out, nsk_addrinfo *peer,
                       nsk_interest *interest, nsk_error *error) {
  if (op->pause != 0) return wait_for_room(op, out, peer, interest, error);
  nsk_outcome outcome = nski_candidates_take(op, error);
  if (outcome != NSK_DONE) return stopped(op);
  outcome = ask_all(op, out, peer, error);
  if (outcome != STEP_ON) return outcome;
  bool more = op->next < nski_candidates(op);
  if (op->under_way == 0 && !more) return await_more(op, interest, error);
  /* Even an expired deadline allows the first attempt; it allows no second. */
  if (op->next > 0 && nsk_passed(op->deadline.at)) return timed_out(op, error);
  if (may_start(op)) return start_next(op, out, peer, interest, error);
  if (!op->race && nsk_passed(op->turn)) {
    nski_attempt_end(op, 0, "connect", ETIMEDOUT);
    nski_error_say(&op->last, "no answer in its share of the time");
    return STEP_ON;
  }
  /* A turn that no candidate can take, and that may have passed, is not waited for. */
  bool turns = more && op->under_way < NSKI_ATTEMPTS;
  wait_on(interest, -1, NSK_WRITE,
          turns ? sooner(op->turn, op->deadline.at) : op->deadline.at);
  nski_attempt_watch(op, interest);
  return NSK_AGAIN;
}

/* -------------------------------------------------------------------- resolving -- */

static void resolved(nski_connect *op) {
  nski_candidates_order(op);
  op->state = FLYING;
}

/* Whether resolving is to begin once more. */
static bool lacked_descriptor(nski_connect *op, const nsk_error *error) {
  if (op->collected || !nsk_error_scarce(error)) return false;
  op->state = ASK;
  op->last.op = NULL;
  return true;
}

static nsk_outcome take_answers(nski_connect *op, nsk_interest *interest,
                                nsk_error *error) {
  nsk_outcome outcome = nski_candidates_take(op, error);
  if (outcome != NSK_DONE) return end(op, outcome);
  if (nski_candidates_suffice(op)) {
    if (op->list.count == 0)
      return lacked_descriptor(op, &op->last) ? STEP_ON : failed(op, error);
    op->state = FLYING;
    return STEP_ON;
  }
  if (nsk_passed(op->deadline.at)) return timed_out(op, error);
  int64_t until = op->race && op->list.count > 0 ? op->delay : op->deadline.at;
  return wait_on(interest, nski_worker_fd(op->worker), NSK_READ, until);
}

/* In place. */
static nsk_outcome look_up(nski_connect *op, nsk_error *error) {
  nsk_outcome outcome = nski_lookup(&op->query, &op->texts, &op->list, error);
  if (outcome != NSK_DONE)
    return lacked_descriptor(op, error) ? NSK_DONE : end(op, outcome);
  resolved(op);
  return NSK_DONE;
}

nsk_outcome nsk_connect_resolve(nsk_connect *storage, nsk_error *error) {
  nski_connect *op = (void *)storage->inside;
  return op->state == RESOLVE ? look_up(op, error) : NSK_DONE;
}

/* Who has neither a deadline nor a scheduler waits in place, but for a race: of a name
   both families are asked at once. */
static nsk_outcome begin_resolving(nski_connect *op, nsk_error *error) {
  int digits = nski_digits_family(&op->texts);
  bool both = op->race && digits == AF_UNSPEC && op->texts.have_host;
  op->state = RESOLVE;
  /* A deadline that has passed already is the step's to report, without a thread. */
  if ((op->may_block && !both) || nsk_passed(op->deadline.at)) return NSK_DONE;
  /* The service alone is looked up then, and the other family cannot have it. */
  int asked = op->query.family;
  if (asked == AF_UNSPEC) op->query.family = digits;
  nsk_outcome outcome = nski_candidates_ask(op, error);
  if (outcome == NSK_DONE) {
    op->state = RESOLVING;
    return NSK_DONE;
  }
  /* No thread, but all the time in the world: it is asked in place. */
  bool in_place = error->domain == NSK_RESOLVER && op->deadline.at == NSK_NEVER;
  if (!in_place && !lacked_descriptor(op, error)) return outcome;
  op->query.family = asked;
  return NSK_DONE;
}

static nsk_outcome ask_again(nski_connect *op, nsk_interest *interest, nsk_error *error) {
  if (!op->collected) {
    op->collected = true;
    return wait_on(interest, -1, NSK_COLLECT, op->deadline.at);
  }
  nsk_outcome outcome = begin_resolving(op, error);
  return outcome == NSK_DONE ? STEP_ON : end(op, outcome);
}

/* ------------------------------------------------------------- start, step, drop -- */

nsk_outcome nsk_connect_start(nsk_connect *storage, const nsk_target *target,
                              nsk_deadline deadline, bool may_block, nsk_error *error) {
  nski_connect *op = (void *)storage->inside;
  bool answered;
  op->list = (nsk_list){0};
  op->next = op->under_way = op->result_count = 0;
  op->results = NULL;
  op->set = (nsk_pollset){0};
  op->race = target->race;
  op->collected = false;
  op->may_block = may_block;
  op->state = OVER;
  op->deadline = deadline;
  op->turn = op->delay = op->pause = 0;
  op->worker = NULL;
  op->last.op = NULL;
  op->texts.host[0] = '\0';
  nsk_outcome outcome = nski_extras_take(op, target, error);
  if (outcome != NSK_DONE) return outcome;
  if (target->address != NULL) {
    op->only = *target->address;
    op->state = FLYING;
    return NSK_DONE;
  }
  nsk_query query = target->query;
  if (query.family == AF_UNSPEC && op->local.length > 0)
    query.family = nsk_addr_family(&op->local); /* from there the other is out of reach */
  op->query = query;
  op->query.endpoint = (nsk_endpoint){0}; /* its texts are copied below */
  outcome = nski_query_check(&query, &op->texts, &answered, &op->list, error);
  if (outcome != NSK_DONE) return outcome;
  if (!answered) return begin_resolving(op, error);
  resolved(op);
  return NSK_DONE;
}

nsk_outcome nsk_connect_step(nsk_connect *storage, nsk_socket *out, nsk_addrinfo *peer,
                             nsk_interest *interest, nsk_error *error) {
  nski_connect *op = (void *)storage->inside;
  nsk_outcome outcome = STEP_ON;
  while (outcome == STEP_ON) {
    switch (op->state) {
      case ASK:
        outcome = ask_again(op, interest, error);
        break;
      case RESOLVE:
        if (nsk_passed(op->deadline.at)) return timed_out(op, error);
        return wait_on(interest, -1, NSK_RESOLVE, op->deadline.at);
      case RESOLVING:
        outcome = take_answers(op, interest, error);
        break;
      case FLYING:
        outcome = fly(op, out, peer, interest, error);
        break;
      default:
        return nski_fail(error, "connect", EBADF);
    }
  }
  return outcome;
}

const nsk_attempt_result *nsk_connect_attempts(const nsk_connect *storage,
                                               size_t *count) {
  const nski_connect *op = (const void *)storage->inside;
  *count = op->result_count;
  return op->results;
}

void nsk_connect_drop(nsk_connect *storage) {
  nski_connect *op = (void *)storage->inside;
  end(op, NSK_DONE);
  free(op->settings);
  op->settings = NULL;
  free(op->results);
  op->results = NULL;
  op->result_count = 0;
}
