/* A set of descriptors that lasts, whatever keeps it. */
#include "system/pollset.h"

nsk_outcome nsk_group_open(nsk_group *group, nsk_error *error) {
  group->fd = nski_pollset_open();
  if (group->fd < 0) return nski_fail(error, "epoll_create1", errno);
  group->open = true;
  group->maker = nsk_fork_generation();
  return NSK_DONE;
}

void nsk_group_close(nsk_group *group) {
  if (group->open) nski_close_fd(group->fd);
  nski_group_free(group);
  *group = (nsk_group){.fd = -1};
}

/* A parent's is one for both processes: whatever is done to it is done to the parent's.
 */
static nsk_outcome own(nsk_group *group, nsk_error *error) {
  if (!group->open) return nski_fail(error, "epoll_ctl", EBADF);
  if (group->maker == nsk_fork_generation()) return NSK_DONE;
  nsk_group_close(group);
  return nsk_group_open(group, error);
}

nsk_outcome nsk_group_watch(nsk_group *group, int64_t fd, bool reading, bool writing,
                            nsk_error *error) {
  if (!nski_valid_fd(fd, "epoll_ctl", error)) return NSK_FAILED;
  if (own(group, error) != NSK_DONE) return NSK_FAILED;
  short events = (short)((reading ? POLLIN : 0) | (writing ? POLLOUT : 0));
  if (nski_group_watch(group, (int)fd, events) == 0) return NSK_DONE;
  return nski_fail(error, "epoll_ctl", errno);
}

nsk_outcome nsk_group_wait(nsk_group *group, int64_t until, nsk_signals *held,
                           nsk_ready *ready, size_t *count, nsk_error *error) {
  *count = 0;
  if (own(group, error) != NSK_DONE) return NSK_FAILED;
  int n = nski_group_wait(group, until, nski_signals_before(held), ready);
  int code = errno;
  if (held != NULL) nsk_signals_release(held);
  if (n < 0 && code == EINTR) return NSK_INTERRUPTED;
  if (n < 0) return nski_fail(error, "epoll_wait", code);
  *count = (size_t)n;
  return n > 0 ? NSK_DONE : NSK_TIMEOUT;
}

nsk_outcome nsk_group_fd(nsk_group *group, int *fd, nsk_error *error) {
  if (own(group, error) != NSK_DONE) return NSK_FAILED;
  if (nski_pollset_slice != NSK_NEVER)
    return nski_fail(error, "epoll_create1", EOPNOTSUPP);
  *fd = group->fd;
  return NSK_DONE;
}
