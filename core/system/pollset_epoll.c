/* Several descriptors as one: epoll(7). */
#include "system/pollset.h"

#include <limits.h>
#include <sys/epoll.h>

const int64_t nski_pollset_slice = NSK_NEVER;

int nski_pollset_open(void) {
  return epoll_create1(EPOLL_CLOEXEC);
}

static uint32_t flags_of(short events) {
  return (events & POLLIN ? EPOLLIN : 0U) | (events & POLLOUT ? EPOLLOUT : 0U);
}

static int add(int group, int fd, uint32_t flags) {
  struct epoll_event event = {.events = flags};
  return epoll_ctl(group, EPOLL_CTL_ADD, fd, &event);
}

/* EPERM: a file. poll(2) calls it ready, and has been asked. */
int nski_pollset_add(int group, int fd, short events) {
  bool fine = add(group, fd, flags_of(events)) == 0 || errno == EEXIST || errno == EPERM;
  return fine ? 0 : -1;
}

void nski_pollset_remove(int group, int fd) {
  struct epoll_event ignored;
  epoll_ctl(group, EPOLL_CTL_DEL, fd, &ignored);
}

int nski_pollset_open_edge(int fd, short events) {
  int group = nski_pollset_open();
  if (group < 0 || add(group, fd, flags_of(events) | EPOLLET) == 0) return group;
  nski_close_fd(group);
  return -1;
}

bool nski_pollset_take_edge(int group) {
  struct epoll_event event;
  return epoll_wait(group, &event, 1, 0) > 0;
}

/* ------------------------------------------------------------------ a set that lasts --
 */

int nski_group_watch(nsk_group *group, int fd, short events) {
  struct epoll_event event = {.events = flags_of(events), .data = {.fd = fd}};
  if (events == 0) { /* EPOLLERR and EPOLLHUP come without being asked for */
    int code = epoll_ctl(group->fd, EPOLL_CTL_DEL, fd, &event);
    return code == 0 || errno == ENOENT || errno == EBADF || errno == EPERM ? 0 : -1;
  }
  if (epoll_ctl(group->fd, EPOLL_CTL_ADD, fd, &event) == 0) return 0;
  return errno == EEXIST ? epoll_ctl(group->fd, EPOLL_CTL_MOD, fd, &event) : -1;
}

/* Milliseconds, rounded up so that no wait ends early; -1: no limit. */
static int milliseconds_left(int64_t until) {
  if (until == NSK_NEVER) return -1;
  int64_t left = until <= 0 ? 0 : until - nsk_now();
  int64_t ms = left <= 0 ? 0 : (left - 1) / 1000000 + 1;
  return ms > INT_MAX ? INT_MAX : (int)ms;
}

int nski_group_wait(nsk_group *group, int64_t until, const sigset_t *mask,
                    nsk_ready *ready) {
  struct epoll_event found[NSK_READY_MOST];
  int n, limit;
  do {
    limit = milliseconds_left(until);
    n = epoll_pwait(group->fd, found, NSK_READY_MOST, limit, mask);
  } while (n == 0 && limit == INT_MAX);
  for (int i = 0; i < n; i++) {
    uint32_t seen = found[i].events, always = EPOLLERR | EPOLLHUP;
    ready[i].fd = found[i].data.fd;
    ready[i].reading = (seen & (EPOLLIN | always)) != 0;
    ready[i].writing = (seen & (EPOLLOUT | always)) != 0;
  }
  return n;
}

void nski_group_free(nsk_group *group) {
  (void)group;
}
