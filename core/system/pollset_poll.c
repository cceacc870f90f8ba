/* Several descriptors as one, where there is neither epoll(7) nor kqueue(2): nothing
   stands for all of them, so a scheduler waits on a descriptor that never becomes ready
   and they are looked at every now and then. */
#include "system/pollset.h"

#include <stdlib.h>

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

/* ------------------------------------------------------------------ a set that lasts --
 */

struct nski_watched {
  struct pollfd poll;
};

_Static_assert(sizeof(struct nski_watched) == sizeof(struct pollfd), "an array of them");

static struct nski_watched *find(const nsk_group *group, int fd) {
  for (size_t i = 0; i < group->count; i++)
    if (group->watched[i].poll.fd == fd) return &group->watched[i];
  return NULL;
}

static struct nski_watched *add(nsk_group *group, int fd) {
  if (group->count == group->room) {
    size_t room = group->room == 0 ? 16 : 2 * group->room;
    struct nski_watched *more = realloc(group->watched, room * sizeof *more);
    if (more == NULL) return NULL;
    group->watched = more;
    group->room = room;
  }
  group->watched[group->count].poll = (struct pollfd){.fd = fd};
  return &group->watched[group->count++];
}

/* As epoll(7) does it, a descriptor must be open, and no file. */
int nski_group_watch(nsk_group *group, int fd, short events) {
  struct stat about;
  struct nski_watched *watched = find(group, fd);
  if (events == 0) {
    if (watched != NULL) *watched = group->watched[--group->count];
    return 0;
  }
  if (fstat(fd, &about) < 0) return -1;
  if (S_ISREG(about.st_mode) || S_ISDIR(about.st_mode)) {
    errno = EPERM;
    return -1;
  }
  if (watched == NULL) watched = add(group, fd);
  if (watched == NULL) return -1; /* ENOMEM */
  watched->poll.events = events;
  return 0;
}

/* Begins where the last one ended, so that none is left out. */
static int ready_among(nsk_group *group, nsk_ready *ready) {
  int n = 0;
  const short always = POLLERR | POLLHUP | POLLNVAL;
  for (size_t i = 0; i < group->count && n < NSK_READY_MOST; i++) {
    if (++group->next >= group->count) group->next = 0;
    const struct pollfd *poll = &group->watched[group->next].poll;
    if (poll->revents == 0) continue;
    ready[n].fd = poll->fd;
    ready[n].reading = (poll->revents & (POLLIN | always)) != 0;
    ready[n++].writing = (poll->revents & (POLLOUT | always)) != 0;
  }
  return n;
}

int nski_group_wait(nsk_group *group, int64_t until, const sigset_t *mask,
                    nsk_ready *ready) {
  int n = nski_poll_until((struct pollfd *)group->watched, group->count, until, mask);
  return n > 0 ? ready_among(group, ready) : n;
}

void nski_group_free(nsk_group *group) {
  free(group->watched);
}
