/* The one place that waits. */
#include "internal.h"

#include <limits.h>
#include <stdlib.h>

static short events_of(nsk_need need) {
  switch (need) {
    case NSK_READ:
      return POLLIN;
    case NSK_WRITE:
      return POLLOUT;
    case NSK_READ_URGENT:
      return POLLIN | POLLPRI;
    case NSK_WRITE_URGENT:
      return POLLOUT | POLLPRI;
    case NSK_RESOLVE:
      break; /* has no descriptor */
  }
  return 0;
}

#ifdef NSK_HAVE_PPOLL

static int poll_until(struct pollfd *p, int64_t until) {
  if (until == NSK_NEVER) return ppoll(p, 1, NULL, NULL);
  for (;;) {
    struct timespec limit = nsk_time_left(until);
    int n = ppoll(p, 1, &limit, NULL);
    if (n != 0 || nsk_passed(until)) return n;
  }
}

#else

/* Milliseconds, rounded up so that no wait ends early, in slices that fit an int. */
static int poll_until(struct pollfd *p, int64_t until) {
  for (;;) {
    if (until == NSK_NEVER) return poll(p, 1, -1);
    int64_t left = until - nsk_now();
    int64_t ms = left <= 0 ? 0 : (left - 1) / 1000000 + 1;
    int n = poll(p, 1, ms > INT_MAX ? INT_MAX : (int)ms);
    if (n != 0 || ms <= INT_MAX) return n;
  }
}

#endif

nsk_outcome nsk_wait(int fd, nsk_need need, int64_t until, nsk_error *error) {
  if (fd < 0) return nsk_fail(error, "poll", EBADF);
  struct pollfd p = {fd, events_of(need), 0};
  int n = poll_until(&p, until);
  if (n < 0) return errno == EINTR ? NSK_INTERRUPTED : nsk_fail(error, "poll", errno);
  if (n == 0) return NSK_TIMEOUT;
  if (p.revents & POLLNVAL) return nsk_fail(error, "poll", EBADF);
  return NSK_DONE;
}

nsk_outcome nsk_socket_wait(nsk_socket *s, nsk_need need, int64_t until,
                            nsk_error *error) {
  bool reading = need == NSK_READ || need == NSK_READ_URGENT;
  if (reading && s->fd >= 0 && nsk_socket_has_pending(s)) return NSK_DONE;
  return nsk_wait(s->fd, need, until, error);
}

bool nsk_hung_up(int fd) {
#ifdef POLLRDHUP
  struct pollfd p = {fd, POLLRDHUP, 0};
  return poll(&p, 1, 0) == 1 && (p.revents & (POLLRDHUP | POLLHUP)) != 0;
#else
  struct pollfd p = {fd, POLLIN, 0};
  return poll(&p, 1, 0) == 1 && (p.revents & POLLHUP) != 0;
#endif
}

nsk_outcome nsk_look(nsk_select_item *items, size_t count, size_t *ready,
                     nsk_error *error) {
  struct pollfd few[32], *polls = few;
  *ready = 0;
  if (count > sizeof few / sizeof few[0]) polls = calloc(count, sizeof *polls);
  if (polls == NULL) return nsk_fail_memory(error, "poll");
  for (size_t i = 0; i < count; i++)
    polls[i] = (struct pollfd){items[i].fd, events_of(items[i].need), 0};
  int n = poll(polls, (nfds_t)count, 0);
  int code = n < 0 ? errno : 0;
  for (size_t i = 0; i < count && n >= 0; i++) {
    items[i].ready = polls[i].revents != 0;
    *ready += items[i].ready;
    if (polls[i].revents & POLLNVAL || items[i].fd < 0) code = EBADF;
  }
  if (polls != few) free(polls);
  return code == 0 ? NSK_DONE : nsk_fail(error, "poll", code);
}
