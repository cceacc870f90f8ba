/*
 * A connect as an operation that is stepped: resolve, then each candidate in order,
 * under one deadline. Nothing here waits; the operation says what it wants.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where an operation stands. */
enum {
  OVER,      /* finished or failed: nothing is open */
  RESOLVE,   /* the adapter must call nsk_connect_resolve */
  RESOLVING, /* a worker does it */
  NEXT,      /* take the next candidate */
  PENDING,   /* the candidate's connect(2) is under way */
  FULL       /* a unix listener's queue is full: try the same again later */
};

static const int64_t second = 1000000000;
static const int64_t millisecond = 1000000;

/* ------------------------------------------------------------- deadlines -- */

static bool expired(const nsk_connect *op) {
  return op->deadline != NSK_NEVER && nsk_now() >= op->deadline;
}

/* Each address but the last gets an equal share of the time that is left, so that a
   silent one never starves the next; without a deadline it gets ten seconds. */
static int64_t share_until(const nsk_connect *op) {
  int64_t left = (int64_t)(op->list.count - op->next) + 1;
  if (left <= 1) return op->deadline;
  int64_t now = nsk_now();
  if (op->deadline == NSK_NEVER) return now + 10 * second;
  return now + (op->deadline - now) / left;
}

static nsk_outcome timed_out(const nsk_connect *op, const nsk_addr *addr,
                             nsk_error *error) {
  const char *syscall = addr != NULL ? "connect" : "getaddrinfo";
  char words[NSK_TEXT_MAX];
  if (addr != NULL)
    nsk_fail_at(error, syscall, ETIMEDOUT, addr);
  else
    nsk_fail_about(error, syscall, ETIMEDOUT, op->host, strlen(op->host));
  snprintf(words, sizeof words, "no answer within %.3g s",
           (double)(op->deadline - op->started) / 1e9);
  nsk_error_say(error, words);
  return NSK_TIMEOUT;
}

/* A share that ran out is this candidate's failure, not the call's. */
static void share_over(nsk_connect *op, const nsk_addr *addr) {
  nsk_fail_at(&op->last, "connect", ETIMEDOUT, addr);
  nsk_error_say(&op->last, "no answer in its share of the time");
}

/* ------------------------------------------------------------- the socket -- */

static void close_attempt(nsk_connect *op) {
  if (op->fd >= 0) nsk_close_fd(op->fd);
  op->fd = -1;
}

static const nsk_addrinfo *candidate(const nsk_connect *op) {
  const nsk_addrinfo *first = op->list.items != NULL ? op->list.items : &op->only;
  return &first[op->next - 1];
}

/* What the candidate's connect(2) has come to: 0, EINPROGRESS or its error. */
#ifdef NSK_CONNECT_TWICE

/* Linux answers a second connect(2) with 0, EALREADY or the error, once. */
static int progress(const nsk_connect *op) {
  const nsk_addr *addr = &candidate(op)->addr;
  if (connect(op->fd, nsk_addr_sockaddr(addr), addr->length) == 0) return 0;
  int code = errno;
  if (code == EISCONN) return 0; /* this socket has been sent nowhere else */
  return code == EALREADY || code == EINTR ? EINPROGRESS : code;
}

#else

/* SO_ERROR alone is 0 also for a socket that never connected: the peer decides. */
static int progress(const nsk_connect *op) {
  int code = 0;
  socklen_t length = sizeof code;
  nsk_addr peer;
  struct sockaddr *space;
  if (getsockopt(op->fd, SOL_SOCKET, SO_ERROR, &code, &length) < 0) return errno;
  if (code != 0) return code;
  space = nsk_addr_space(&peer, &length);
  if (getpeername(op->fd, space, &length) == 0) return 0;
  return errno == ENOTCONN ? EINPROGRESS : errno;
}

#endif

static int begin(const nsk_connect *op) {
  const nsk_addr *addr = &candidate(op)->addr;
  if (connect(op->fd, nsk_addr_sockaddr(addr), addr->length) == 0) return 0;
  int code = errno;
  return code == EINTR ? EINPROGRESS : code;
}

/* ------------------------------------------------------------------ steps -- */

static nsk_outcome end(nsk_connect *op, nsk_outcome outcome) {
  nsk_connect_drop(op);
  return outcome;
}

static nsk_outcome want(nsk_want *want, int fd, nsk_need need, int64_t until) {
  *want = (nsk_want){fd, need, until};
  return NSK_AGAIN;
}

static int64_t sooner(int64_t a, int64_t b) {
  return a < b ? a : b;
}

/* The candidate has failed: remember why, and go to the next unless none can do
   better. Returns false when the operation has failed with it. */
static bool give_up_candidate(nsk_connect *op, const char *syscall, int code) {
  nsk_fail_at(&op->last, syscall, code, &candidate(op)->addr);
  close_attempt(op);
  op->state = NEXT;
  return !nsk_exhausted(code);
}

/* Goes by what connect(2) said. NSK_INTERRUPTED here means: step on. */
static nsk_outcome judge(nsk_connect *op, int code, nsk_socket *out, nsk_addrinfo *peer,
                         nsk_error *error) {
  const nsk_addrinfo *to = candidate(op);
  if (code == 0) {
    nsk_socket_set(out, op->fd, nsk_addr_family(&to->addr),
                   to->socktype != 0 ? to->socktype : SOCK_STREAM, to->protocol, true);
    *peer = *to;
    op->fd = -1;
    return end(op, NSK_DONE);
  }
  if (code == EINPROGRESS) {
    op->state = PENDING;
    return NSK_INTERRUPTED;
  }
  if (code == EAGAIN && nsk_addr_family(&to->addr) == AF_UNIX) {
    op->state = FULL;
    return NSK_INTERRUPTED;
  }
  if (give_up_candidate(op, "connect", code)) return NSK_INTERRUPTED;
  *error = op->last;
  return end(op, NSK_FAILED);
}

static nsk_outcome step_next(nsk_connect *op, nsk_socket *out, nsk_addrinfo *peer,
                             nsk_error *error) {
  bool first = op->next == 0;
  if (op->next == op->list.count) {
    *error = op->last;
    return end(op, NSK_FAILED);
  }
  /* Even an expired deadline allows one attempt; it does not allow a second. */
  if (!first && expired(op)) return end(op, timed_out(op, &candidate(op)->addr, error));
  op->next++;
  op->share = share_until(op);
  op->backoff = millisecond;
  const nsk_addrinfo *to = candidate(op);
  op->fd =
      nsk_open_fd(nsk_addr_family(&to->addr),
                  to->socktype != 0 ? to->socktype : SOCK_STREAM, to->protocol, true);
  if (op->fd < 0) {
    if (give_up_candidate(op, "socket", errno)) return NSK_INTERRUPTED;
    *error = op->last;
    return end(op, NSK_FAILED);
  }
  return judge(op, begin(op), out, peer, error);
}

static nsk_outcome step_pending(nsk_connect *op, nsk_socket *out, nsk_addrinfo *peer,
                                nsk_want *wish, nsk_error *error) {
  int code = progress(op);
  if (code != EINPROGRESS) return judge(op, code, out, peer, error);
  const nsk_addr *addr = &candidate(op)->addr;
  if (expired(op)) return end(op, timed_out(op, addr, error));
  if (op->share != NSK_NEVER && nsk_now() >= op->share) {
    share_over(op, addr);
    close_attempt(op);
    op->state = NEXT;
    return NSK_INTERRUPTED;
  }
  return want(wish, op->fd, NSK_WRITE, sooner(op->share, op->deadline));
}

/* poll(2) calls a unix socket whose listener is full writable and would spin, so the
   pause is waited for on a descriptor that never becomes ready. */
static nsk_outcome step_full(nsk_connect *op, nsk_socket *out, nsk_addrinfo *peer,
                             nsk_want *wish, nsk_error *error) {
  const nsk_addr *addr = &candidate(op)->addr;
  if (op->pause == 0) {
    if (expired(op)) return end(op, timed_out(op, addr, error));
    if (op->quiet.wait_fd < 0) {
      int code = nsk_event_open(&op->quiet);
      if (code != 0) {
        nsk_fail(error, "eventfd", code);
        return end(op, NSK_FAILED);
      }
    }
    op->pause = nsk_now() + op->backoff;
    op->backoff = sooner(2 * op->backoff, 50 * millisecond);
  }
  if (nsk_now() < op->pause && !expired(op))
    return want(wish, op->quiet.wait_fd, NSK_READ, sooner(op->pause, op->deadline));
  op->pause = 0;
  int code = begin(op);
  return judge(op, code, out, peer, error);
}

static nsk_outcome step_resolving(nsk_connect *op, nsk_want *wish, nsk_error *error) {
  nsk_outcome outcome = nsk_worker_take(op->worker, &op->list, error);
  if (outcome == NSK_AGAIN) {
    if (expired(op)) return end(op, timed_out(op, NULL, error));
    return want(wish, nsk_worker_fd(op->worker), NSK_READ, op->deadline);
  }
  if (outcome != NSK_DONE) return end(op, outcome);
  nsk_worker_drop(op->worker);
  op->worker = NULL;
  op->state = NEXT;
  return NSK_INTERRUPTED;
}

nsk_outcome nsk_connect_step(nsk_connect *op, nsk_socket *out, nsk_addrinfo *peer,
                             nsk_want *wish, nsk_error *error) {
  for (;;) {
    nsk_outcome outcome = NSK_FAILED;
    switch (op->state) {
      case RESOLVE:
        if (op->deadline != NSK_NEVER && expired(op))
          return end(op, timed_out(op, NULL, error));
        return want(wish, -1, NSK_RESOLVE, op->deadline);
      case RESOLVING:
        outcome = step_resolving(op, wish, error);
        break;
      case NEXT:
        outcome = step_next(op, out, peer, error);
        break;
      case PENDING:
        outcome = step_pending(op, out, peer, wish, error);
        break;
      case FULL:
        outcome = step_full(op, out, peer, wish, error);
        break;
      default:
        return nsk_fail(error, "connect", EBADF);
    }
    if (outcome != NSK_INTERRUPTED) return outcome;
  }
}

/* ------------------------------------------------------- begin, resolve, drop -- */

static nsk_outcome begin_resolving(nsk_connect *op, const nsk_texts *texts,
                                   bool may_block, nsk_error *error) {
  memcpy(op->host, texts->host, sizeof op->host);
  memcpy(op->service, texts->service, sizeof op->service);
  op->have_host = texts->have_host;
  op->state = RESOLVE;
  /* A deadline that has passed already is the step's to report, without a thread. */
  if (may_block || expired(op)) return NSK_DONE;
  nsk_worker *worker;
  nsk_outcome outcome = nsk_worker_start(&worker, &op->query, texts, error);
  if (outcome != NSK_DONE) return outcome;
  op->worker = worker;
  op->state = RESOLVING;
  return NSK_DONE;
}

nsk_outcome nsk_connect_start(nsk_connect *op, const nsk_target *target, int64_t deadline,
                              bool may_block, nsk_error *error) {
  nsk_texts texts;
  bool answered;
  op->fd = -1;
  op->state = OVER;
  op->worker = NULL;
  op->quiet = (nsk_event){-1, -1};
  op->list = (nsk_list){0};
  op->next = 0;
  op->pause = 0;
  op->started = nsk_now();
  op->deadline = deadline;
  if (target->at != NULL) {
    op->only = *target->at;
    op->list.count = 1;
    op->state = NEXT;
    return NSK_DONE;
  }
  op->query = target->query;
  op->query.at = (nsk_endpoint){0}; /* the texts are copied below */
  nsk_outcome outcome =
      nsk_query_check(&target->query, &texts, &answered, &op->list, error);
  if (outcome != NSK_DONE) return outcome;
  if (!answered) return begin_resolving(op, &texts, may_block, error);
  op->state = NEXT;
  return NSK_DONE;
}

nsk_outcome nsk_connect_resolve(nsk_connect *op, nsk_error *error) {
  if (op->state != RESOLVE) return NSK_DONE;
  nsk_outcome outcome = nsk_lookup(&op->query, op->have_host ? op->host : NULL,
                                   op->service, &op->list, error);
  if (outcome != NSK_DONE) return end(op, outcome);
  op->state = NEXT;
  return NSK_DONE;
}

void nsk_connect_drop(nsk_connect *op) {
  close_attempt(op);
  if (op->worker != NULL) nsk_worker_drop(op->worker);
  op->worker = NULL;
  nsk_event_close(&op->quiet);
  nsk_list_free(&op->list);
  op->state = OVER;
}
