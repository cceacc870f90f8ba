/* A set of descriptors that lasts from one wait to the next. */
#ifndef NETSOCKET_GROUP_H
#define NETSOCKET_GROUP_H

#include "time.h"

/* All zero at first. In a child of a fork it is empty, and a set of the child's own. */
typedef struct {
  bool open;
  int fd;                       /* stands for all of them */
  unsigned maker;               /* the generation of processes that made it */
  struct nski_watched *watched; /* where the kernel does not keep them */
  size_t count, room, next;
} nsk_group;

/* A descriptor that is ready, to read, to write or both. The same one may come twice. */
typedef struct {
  int fd;
  bool reading, writing;
} nsk_ready;

enum { NSK_READY_MOST = 256 }; /* a wait gives no more at once; the others come next */

/* EMFILE, ENFILE, ENOMEM. Source: epoll_create1(2), kqueue(2). */
nsk_outcome nsk_group_open(nsk_group *group, nsk_error *error);

/* Says what a descriptor is watched for from now on; neither: it is forgotten, which
   must be before it is closed. What is ready and stays so is told by each wait. Fails
   with EBADF, ENOMEM, ENOSPC, or EPERM where it is a file, which is always ready.
   Source: epoll_ctl(2). */
nsk_outcome nsk_group_watch(nsk_group *group, int64_t fd, bool reading, bool writing,
                            nsk_error *error);

/* Waits until some are ready: NSK_DONE with *count of them, NSK_TIMEOUT, or
   NSK_INTERRUPTED. An error or hang-up counts as ready for all that is watched. `held`
   (or NULL) has been released when it returns. Source: epoll_pwait(2). */
nsk_outcome nsk_group_wait(nsk_group *group, int64_t until, nsk_signals *held,
                           nsk_ready *ready, size_t *count, nsk_error *error);

/* A descriptor that is readable while one of them is ready; it stays the set's.
   EOPNOTSUPP: there is none without epoll(7) or kqueue(2). */
nsk_outcome nsk_group_fd(nsk_group *group, int *fd, nsk_error *error);

void nsk_group_close(nsk_group *group); /* idempotent */

#endif
