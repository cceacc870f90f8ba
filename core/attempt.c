/* Candidates on their way: started, asked how they stand, ended, waited for as one. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#if defined(NSK_HAVE_EPOLL)
#include <sys/epoll.h>
#elif defined(NSK_HAVE_KQUEUE)
#include <sys/event.h>
#endif

static const nsk_addr *address_of(const nsk_connect *op, const nsk_attempt *attempt) {
  return &nsk_candidate(op, attempt->candidate)->addr;
}

int nsk_attempt_begin(const nsk_connect *op, const nsk_attempt *attempt) {
  const nsk_addr *addr = address_of(op, attempt);
  if (connect(attempt->fd, nsk_addr_sockaddr(addr), addr->length) == 0) return 0;
  int code = errno;
  /* After EINTR the handshake goes on without us. */
  return code == EINTR ? EINPROGRESS : code;
}

#ifdef NSK_CONNECT_TWICE

/* Linux answers a second connect(2) with 0, EALREADY or the error, once. */
int nsk_attempt_progress(const nsk_connect *op, const nsk_attempt *attempt) {
  const nsk_addr *addr = address_of(op, attempt);
  if (connect(attempt->fd, nsk_addr_sockaddr(addr), addr->length) == 0) return 0;
  int code = errno;
  if (code == EISCONN) return 0; /* this socket has been sent nowhere else */
  return code == EALREADY || code == EINTR ? EINPROGRESS : code;
}

#else

/* SO_ERROR alone is 0 also for a socket that never connected: the peer decides. */
int nsk_attempt_progress(const nsk_connect *op, const nsk_attempt *attempt) {
  int code = 0;
  socklen_t length = sizeof code;
  nsk_addr peer;
  (void)op;
  if (getsockopt(attempt->fd, SOL_SOCKET, SO_ERROR, &code, &length) < 0) return errno;
  if (code != 0) return code;
  struct sockaddr *space = nsk_addr_space(&peer, &length);
  if (getpeername(attempt->fd, space, &length) == 0) return 0;
  return errno == ENOTCONN ? EINPROGRESS : errno;
}

#endif

/* The list is for the error; without memory for it the connect goes on. */
void nsk_attempt_record(nsk_connect *op, size_t candidate, int64_t started,
                        const char *syscall, int code) {
  const nsk_addr *addr = &nsk_candidate(op, candidate)->addr;
  nsk_fail_at(&op->last, syscall, code, addr);
  nsk_attempt_result *more = realloc(op->results, (op->result_count + 1) * sizeof *more);
  if (more == NULL) return;
  op->results = more;
  more[op->result_count++] =
      (nsk_attempt_result){*addr, syscall, code, (double)(nsk_now() - started) / 1e9};
}

static void forget(nsk_connect *op, size_t i) {
  op->under_way--;
  memmove(&op->attempts[i], &op->attempts[i + 1],
          (op->under_way - i) * sizeof op->attempts[0]);
}

void nsk_attempt_end(nsk_connect *op, size_t i, const char *syscall, int code) {
  const nsk_attempt attempt = op->attempts[i];
  nsk_close_fd(attempt.fd);
  forget(op, i);
  nsk_attempt_record(op, attempt.candidate, attempt.started, syscall, code);
}

void nsk_attempt_close_all(nsk_connect *op) {
  for (size_t i = 0; i < op->under_way; i++)
    nsk_close_fd(op->attempts[i].fd);
  op->under_way = 0;
  if (op->group >= 0) nsk_close_fd(op->group);
  op->group = -1;
}

static int type_of(const nsk_addrinfo *to) {
  return to->socktype != 0 ? to->socktype : SOCK_STREAM;
}

bool nsk_attempt_reached_itself(const nsk_connect *op, size_t i) {
  const nsk_addrinfo *to = nsk_candidate(op, op->attempts[i].candidate);
  return nsk_reached_itself(op->attempts[i].fd, type_of(to), &to->addr);
}

enum { REPEATS = 2 };

int nsk_attempt_repeat(nsk_connect *op, size_t i, const char **syscall) {
  nsk_attempt *attempt = &op->attempts[i];
  nsk_disconnect(attempt->fd);
  *syscall = "connect";
  return attempt->repeats++ < REPEATS ? nsk_attempt_begin(op, attempt) : ECONNREFUSED;
}

int nsk_attempt_start(nsk_connect *op, const char **syscall) {
  const nsk_addrinfo *to = nsk_candidate(op, op->next);
  nsk_attempt *attempt = &op->attempts[op->under_way];
  attempt->candidate = op->next++;
  attempt->started = nsk_now();
  attempt->repeats = 0;
  *syscall = "socket";
  attempt->fd = nsk_open_fd(nsk_addr_family(&to->addr), type_of(to), to->protocol, true);
  if (attempt->fd < 0) return errno;
  op->under_way++;
  *syscall = "connect";
  return nsk_attempt_begin(op, attempt);
}

#if defined(NSK_HAVE_EPOLL)

/* One that is in the group already is not added again (EEXIST). */
static bool join(int group, int fd, uint32_t events) {
  struct epoll_event event = {.events = events};
  return epoll_ctl(group, EPOLL_CTL_ADD, fd, &event) == 0 || errno == EEXIST;
}

/* A closed descriptor leaves the group by itself. */
static int watch_all(nsk_connect *op, nsk_interest *interest) {
  interest->need = NSK_READ;
  if (op->group < 0) op->group = epoll_create1(EPOLL_CLOEXEC);
  if (op->group < 0) return -1;
  for (size_t i = 0; i < op->under_way; i++)
    if (!join(op->group, op->attempts[i].fd, EPOLLOUT)) return -1;
  if (op->worker != NULL && !join(op->group, nsk_worker_fd(op->worker), EPOLLIN))
    return -1;
  return op->group;
}

#elif defined(NSK_HAVE_KQUEUE)

static bool join(int group, int fd, int16_t filter) {
  struct kevent event;
  EV_SET(&event, (uintptr_t)fd, filter, EV_ADD, 0, 0, NULL);
  return kevent(group, &event, 1, NULL, 0, NULL) == 0;
}

/* A closed descriptor leaves the group by itself. */
static int watch_all(nsk_connect *op, nsk_interest *interest) {
  interest->need = NSK_READ;
  if (op->group < 0) op->group = nsk_open_queue();
  if (op->group < 0) return -1;
  for (size_t i = 0; i < op->under_way; i++)
    if (!join(op->group, op->attempts[i].fd, EVFILT_WRITE)) return -1;
  if (op->worker != NULL && !join(op->group, nsk_worker_fd(op->worker), EVFILT_READ))
    return -1;
  return op->group;
}

#else

/* One is watched; the others are asked every now and then. */
static int watch_all(nsk_connect *op, nsk_interest *interest) {
  int64_t soon = nsk_now() + 20000000;
  if (interest->until > soon) interest->until = soon;
  return op->attempts[0].fd;
}

#endif

int nsk_attempt_watch(nsk_connect *op, nsk_interest *interest) {
  interest->need = NSK_WRITE;
  bool one = op->under_way == 1 && op->worker == NULL;
  interest->fd = one ? op->attempts[0].fd : watch_all(op, interest);
  return interest->fd < 0 ? errno : 0;
}
