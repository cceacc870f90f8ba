/* Candidates on their way: started, asked how they stand, ended, waited for as one. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#if defined(NSK_HAVE_EPOLL)
#include <sys/epoll.h>
#elif defined(NSK_HAVE_KQUEUE)
#include <sys/event.h>
#endif

static const nsk_addr *address_of(const nsk_connect *op, const nsk_flight *flight) {
  return &nsk_candidate(op, flight->candidate)->addr;
}

int nsk_flight_begin(const nsk_connect *op, const nsk_flight *flight) {
  const nsk_addr *addr = address_of(op, flight);
  if (connect(flight->fd, nsk_addr_sockaddr(addr), addr->length) == 0) return 0;
  int code = errno;
  /* After EINTR the handshake goes on without us. */
  return code == EINTR ? EINPROGRESS : code;
}

#ifdef NSK_CONNECT_TWICE

/* Linux answers a second connect(2) with 0, EALREADY or the error, once. */
int nsk_flight_progress(const nsk_connect *op, const nsk_flight *flight) {
  const nsk_addr *addr = address_of(op, flight);
  if (connect(flight->fd, nsk_addr_sockaddr(addr), addr->length) == 0) return 0;
  int code = errno;
  if (code == EISCONN) return 0; /* this socket has been sent nowhere else */
  return code == EALREADY || code == EINTR ? EINPROGRESS : code;
}

#else

/* SO_ERROR alone is 0 also for a socket that never connected: the peer decides. */
int nsk_flight_progress(const nsk_connect *op, const nsk_flight *flight) {
  int code = 0;
  socklen_t length = sizeof code;
  nsk_addr peer;
  (void)op;
  if (getsockopt(flight->fd, SOL_SOCKET, SO_ERROR, &code, &length) < 0) return errno;
  if (code != 0) return code;
  struct sockaddr *space = nsk_addr_space(&peer, &length);
  if (getpeername(flight->fd, space, &length) == 0) return 0;
  return errno == ENOTCONN ? EINPROGRESS : errno;
}

#endif

/* The list is for the error; without memory for it the connect goes on. */
void nsk_flight_record(nsk_connect *op, size_t candidate, int64_t started,
                       const char *syscall, int code) {
  const nsk_addr *addr = &nsk_candidate(op, candidate)->addr;
  nsk_fail_at(&op->last, syscall, code, addr);
  nsk_attempt *more = realloc(op->attempts, (op->attempted + 1) * sizeof *more);
  if (more == NULL) return;
  op->attempts = more;
  more[op->attempted++] =
      (nsk_attempt){*addr, syscall, code, (double)(nsk_now() - started) / 1e9};
}

static void forget(nsk_connect *op, size_t i) {
  op->in_flight--;
  memmove(&op->flights[i], &op->flights[i + 1],
          (op->in_flight - i) * sizeof op->flights[0]);
}

void nsk_flight_end(nsk_connect *op, size_t i, const char *syscall, int code) {
  const nsk_flight flight = op->flights[i];
  nsk_close_fd(flight.fd);
  forget(op, i);
  nsk_flight_record(op, flight.candidate, flight.started, syscall, code);
}

void nsk_flight_close_all(nsk_connect *op) {
  for (size_t i = 0; i < op->in_flight; i++)
    nsk_close_fd(op->flights[i].fd);
  op->in_flight = 0;
  if (op->group >= 0) nsk_close_fd(op->group);
  op->group = -1;
}

int nsk_flight_start(nsk_connect *op, const char **syscall) {
  const nsk_addrinfo *to = nsk_candidate(op, op->next);
  nsk_flight *flight = &op->flights[op->in_flight];
  flight->candidate = op->next++;
  flight->started = nsk_now();
  *syscall = "socket";
  flight->fd =
      nsk_open_fd(nsk_addr_family(&to->addr),
                  to->socktype != 0 ? to->socktype : SOCK_STREAM, to->protocol, true);
  if (flight->fd < 0) return errno;
  op->in_flight++;
  *syscall = "connect";
  return nsk_flight_begin(op, flight);
}

#if defined(NSK_HAVE_EPOLL)

/* One that is in the group already is not added again (EEXIST). */
static bool join(int group, int fd, uint32_t events) {
  struct epoll_event event = {.events = events};
  return epoll_ctl(group, EPOLL_CTL_ADD, fd, &event) == 0 || errno == EEXIST;
}

/* A closed descriptor leaves the group by itself. */
static int watch_all(nsk_connect *op, nsk_want *wish) {
  wish->need = NSK_READ;
  if (op->group < 0) op->group = epoll_create1(EPOLL_CLOEXEC);
  if (op->group < 0) return -1;
  for (size_t i = 0; i < op->in_flight; i++)
    if (!join(op->group, op->flights[i].fd, EPOLLOUT)) return -1;
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
static int watch_all(nsk_connect *op, nsk_want *wish) {
  wish->need = NSK_READ;
  if (op->group < 0) op->group = nsk_open_queue();
  if (op->group < 0) return -1;
  for (size_t i = 0; i < op->in_flight; i++)
    if (!join(op->group, op->flights[i].fd, EVFILT_WRITE)) return -1;
  if (op->worker != NULL && !join(op->group, nsk_worker_fd(op->worker), EVFILT_READ))
    return -1;
  return op->group;
}

#else

/* One is watched; the others are asked every now and then. */
static int watch_all(nsk_connect *op, nsk_want *wish) {
  int64_t soon = nsk_now() + 20000000;
  if (wish->until > soon) wish->until = soon;
  return op->flights[0].fd;
}

#endif

int nsk_flight_watch(nsk_connect *op, nsk_want *wish) {
  wish->need = NSK_WRITE;
  bool one = op->in_flight == 1 && op->worker == NULL;
  wish->fd = one ? op->flights[0].fd : watch_all(op, wish);
  return wish->fd < 0 ? errno : 0;
}
