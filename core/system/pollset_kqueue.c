/* Several descriptors as one: kqueue(2). */
#include "system/pollset.h"

#include <sys/event.h>

const int64_t nski_pollset_slice = NSK_NEVER;

int nski_pollset_open(void) {
  int fd = kqueue();
  if (fd >= 0) fcntl(fd, F_SETFD, FD_CLOEXEC);
  return fd;
}

static int change(int group, int fd, short events, unsigned short action) {
  struct kevent changes[2];
  int n = 0;
  if (events & POLLIN) {
    EV_SET(&changes[n], (uintptr_t)fd, EVFILT_READ, action, 0, 0, NULL);
    n++;
  }
  if (events & POLLOUT) {
    EV_SET(&changes[n], (uintptr_t)fd, EVFILT_WRITE, action, 0, 0, NULL);
    n++;
  }
  return kevent(group, changes, n, NULL, 0, NULL);
}

int nski_pollset_add(int group, int fd, short events) {
  return change(group, fd, events, EV_ADD);
}

/* A descriptor that is closed leaves by itself, and a queue does not outlive a fork. */
void nski_pollset_remove(int group, int fd) {
  (void)group;
  (void)fd;
}

int nski_pollset_open_edge(int fd, short events) {
  int group = nski_pollset_open();
  if (group < 0 || change(group, fd, events, EV_ADD | EV_CLEAR) == 0) return group;
  nski_close_fd(group);
  return -1;
}

bool nski_pollset_take_edge(int group) {
  struct kevent event;
  const struct timespec at_once = {0, 0};
  return kevent(group, NULL, 0, &event, 1, &at_once) > 0;
}

/* ------------------------------------------------------------------ a set that lasts --
 */

static int watch_one(int group, int fd, short events, bool wanted) {
  if (wanted) return change(group, fd, events, EV_ADD);
  int code = change(group, fd, events, EV_DELETE);
  return code == 0 || errno == ENOENT || errno == EBADF ? 0 : -1;
}

int nski_group_watch(nsk_group *group, int fd, short events) {
  int code = watch_one(group->fd, fd, POLLIN, (events & POLLIN) != 0);
  if (code != 0) return code;
  return watch_one(group->fd, fd, POLLOUT, (events & POLLOUT) != 0);
}

/* There is no such wait with a mask of signals, so `held` holds none here. */
int nski_group_wait(nsk_group *group, int64_t until, const sigset_t *mask,
                    nsk_ready *ready) {
  struct kevent found[NSK_READY_MOST];
  struct timespec limit = {0, 0};
  (void)mask;
  if (until != NSK_NEVER && until > 0) limit = nski_time_left(until);
  int n = kevent(group->fd, NULL, 0, found, NSK_READY_MOST,
                 until == NSK_NEVER ? NULL : &limit);
  for (int i = 0; i < n; i++) {
    ready[i].fd = (int)found[i].ident;
    ready[i].reading = found[i].filter == EVFILT_READ;
    ready[i].writing = found[i].filter == EVFILT_WRITE;
  }
  return n;
}

void nski_group_free(nsk_group *group) {
  (void)group;
}
