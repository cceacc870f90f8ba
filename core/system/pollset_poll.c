/* Several descriptors as one, where there is neither epoll(7) nor kqueue(2): nothing
   stands for all of them, so a scheduler waits on a descriptor that never becomes ready
   and they are looked at every now and then. */
#include "system/pollset.h"

const int64_t nski_pollset_slice = 20000000;

/* It has no name, so nothing is ever sent to it. */
int nski_pollset_open(void) {
  return nski_open_fd(AF_UNIX, SOCK_DGRAM, 0, true);
}

int nski_pollset_add(int group, int fd, short events) {
  (void)group;
  (void)fd;
  (void)events;
  return 0;
}

void nski_pollset_remove(int group, int fd) {
  (void)group;
  (void)fd;
}

int nski_pollset_open_edge(int fd, short events) {
  (void)fd;
  (void)events;
  return -1;
}

bool nski_pollset_take_edge(int group) {
  (void)group;
  return false;
}
