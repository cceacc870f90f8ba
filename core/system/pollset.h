/*
 * One descriptor that stands for several, for a scheduler, which waits for one; and
 * edges. pollset_epoll.c, pollset_kqueue.c or pollset_poll.c: CMake takes one.
 */
#ifndef NSK_POLLSET_H
#define NSK_POLLSET_H

#include "system/system.h"

/* A new group, or -1 and errno. Without anything in it, it never becomes readable. */
int nski_pollset_open(void);

/* How long a wait on the group may take before its descriptors are looked at again:
   NSK_NEVER where the group sees them all. */
extern const int64_t nski_pollset_slice;

/* Adds a descriptor for POLLIN, POLLOUT or both; -1 and errno. One that is in the group
   already, or is always ready, is no failure. */
int nski_pollset_add(int group, int fd, short events);

/* Takes out a descriptor before it is closed: another process may have it too, and then
   its end here ends nothing. */
void nski_pollset_remove(int group, int fd);

/* A group that is told once of each time something happens to the descriptor; -1: there
   is no such thing here, or there was no room for it. */
int nski_pollset_open_edge(int fd, short events);

/* Takes what such a group has to tell; false: nothing. */
bool nski_pollset_take_edge(int group);

/* For group.c: what is watched of a descriptor from now on, 0 for nothing; 0, or -1 and
   errno. Nothing of a descriptor that is not there, or not open, is no failure. */
int nski_group_watch(nsk_group *group, int fd, short events);

/* How many are ready, at most NSK_READY_MOST; -1 and errno. */
int nski_group_wait(nsk_group *group, int64_t until, const sigset_t *mask,
                    nsk_ready *ready);

void nski_group_free(nsk_group *group); /* what it has beside `fd` */

#endif
