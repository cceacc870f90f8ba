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
