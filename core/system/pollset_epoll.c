/* Several descriptors as one: epoll(7). */
#include "system/pollset.h"

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
