/* The one place that waits. */
#include "system/pollset.h"
#include "system/system.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

short nski_events_of(nsk_need need) {
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
    case NSK_COLLECT:
      break; /* has no descriptor */
  }
  return 0;
}

static int64_t sooner(int64_t a, int64_t b) {
  return a < b ? a : b;
}

/* ------------------------------------------------------------------ poll(2) -- */

#ifdef NSK_HAVE_PPOLL

int nski_poll_until(struct pollfd *polls, size_t count, int64_t until,
                    const sigset_t *mask) {
  if (until == NSK_NEVER) return ppoll(polls, (nfds_t)count, NULL, mask);
  for (;;) {
    struct timespec limit = {0, 0};
    if (until > 0) limit = nski_time_left(until);
    int n = ppoll(polls, (nfds_t)count, &limit, mask);
    if (n != 0 || nsk_passed(until)) return n;
  }
}

#else

/* Milliseconds, rounded up so that no wait ends early, in slices that fit an int. */
int nski_poll_until(struct pollfd *polls, size_t count, int64_t until,
                    const sigset_t *mask) {
  (void)mask;
  for (;;) {
    if (until == NSK_NEVER) return poll(polls, (nfds_t)count, -1);
    int64_t left = until <= 0 ? 0 : until - nsk_now();
    int64_t ms = left <= 0 ? 0 : (left - 1) / 1000000 + 1;
    int n = poll(polls, (nfds_t)count, ms > INT_MAX ? INT_MAX : (int)ms);
    if (n != 0 || ms <= INT_MAX) return n;
  }
}

#endif

int nski_poll_now(struct pollfd *polls, size_t count) {
  int n;
  do
    n = poll(polls, (nfds_t)count, 0);
  while (n < 0 && errno == EINTR); /* nothing was waited for */
  return n;
}

/* ------------------------------------------------------------- descriptors as one -- */

/* The entries as poll(2) is asked about them: a descriptor is one, however often it is
   among them, since poll(2) refuses more than RLIMIT_NOFILE. */
typedef struct {
  struct pollfd *polls;
  size_t count;
  struct pollfd few[24];
} merged;

enum { FEW_PLACES = 64 }; /* more than twice as many as `few` */

/* Where the descriptor is asked about. `places` is a table that is never full, of one
   more than a number in polls. */
static uint32_t place_of(merged *all, uint32_t *places, size_t mask, int fd) {
  size_t at = (size_t)fd & mask;
  while (places[at] != 0 && all->polls[places[at] - 1].fd != fd)
    at = (at + 1) & mask;
  if (places[at] == 0) {
    all->polls[all->count].fd = fd;
    all->polls[all->count].events = 0;
    places[at] = (uint32_t)++all->count;
  }
  return places[at] - 1;
}

static bool place_all(merged *all, const nsk_pollset *set, uint32_t *places,
                      size_t mask) {
  bool good = true;
  for (size_t i = 0; i < set->count; i++) {
    nsk_entry *entry = &set->entries[i];
    entry->ready = false;
    good = good && entry->fd >= 0;
    if (!good) continue;
    entry->place = place_of(all, places, mask, entry->fd);
    all->polls[entry->place].events |= nski_events_of(entry->need);
  }
  return good;
}

static void unmerge(merged *all) {
  if (all->polls != all->few) free(all->polls);
}

/* 0 or errno. There is room for one more. */
static int merge(merged *all, const nsk_pollset *set) {
  uint32_t few[FEW_PLACES], *places = few;
  size_t room = FEW_PLACES;
  *all = (merged){.polls = all->few};
  if (set->count < sizeof all->few / sizeof all->few[0]) {
    memset(few, 0, sizeof few);
  } else {
    if (set->count > UINT32_MAX / 4) return ENOMEM;
    while (room < 2 * set->count)
      room *= 2;
    all->polls = calloc(set->count + 1, sizeof *all->polls);
    places = calloc(room, sizeof *places);
  }
  bool memory = all->polls != NULL && places != NULL;
  bool good = memory && place_all(all, set, places, room - 1);
  if (places != few) free(places);
  if (good) return 0;
  unmerge(all);
  return memory ? EBADF : ENOMEM;
}

/* Has each entry say whether it is ready. 0 or EBADF. */
static int tell(const merged *all, nsk_pollset *set) {
  int code = 0;
  const short always = POLLERR | POLLHUP | POLLNVAL;
  for (size_t i = 0; i < set->count; i++) {
    nsk_entry *entry = &set->entries[i];
    short seen = all->polls[entry->place].revents;
    entry->ready = (seen & (nski_events_of(entry->need) | always)) != 0;
    set->ready += entry->ready;
    if (seen & POLLNVAL) code = EBADF;
  }
  return code;
}

/* poll(2) in parts that it takes, without waiting. */
static int look_in_parts(merged *all) {
  size_t most = all->count, from = 0;
  int sum = 0;
  while (from < all->count) {
    size_t n = all->count - from < most ? all->count - from : most;
    int found = nski_poll_now(all->polls + from, n);
    if (found >= 0) {
      from += n;
      sum += found;
    } else if (errno == EINVAL && n > 1) {
      most = n / 2;
    } else {
      return -1;
    }
  }
  return sum;
}

/* More than RLIMIT_NOFILE, which has been lowered since they were opened. */
static int wait_in_parts(merged *all, int64_t until, const sigset_t *mask) {
  static const int64_t slice = 20000000;
  for (;;) {
    int n = look_in_parts(all);
    int64_t now = nsk_now();
    if (n != 0 || now >= until) return n;
    n = nski_poll_until(NULL, 0, sooner(until, now + slice), mask);
    if (n < 0) return n;
  }
}

static bool too_many(const merged *all, int n) {
  return n < 0 && errno == EINVAL && all->count > 1;
}

static nsk_outcome outcome_of(int n, nsk_error *error) {
  if (n < 0) return errno == EINTR ? NSK_INTERRUPTED : nski_fail(error, "poll", errno);
  return n == 0 ? NSK_TIMEOUT : NSK_DONE;
}

/* How many entries it adds. */
static size_t add_closing(struct pollfd *poll, const nsk_signals *held) {
  if (held == NULL || !held->closes) return 0;
  *poll = (struct pollfd){held->closing.wait_fd, POLLIN, 0};
  return 1;
}

static nsk_outcome wait_for_all(nsk_pollset *set, int64_t until, const nsk_signals *held,
                                const sigset_t *mask, nsk_error *error) {
  merged all;
  int code = merge(&all, set);
  set->ready = 0;
  if (code == ENOMEM) return nski_fail_memory(error, "poll");
  if (code != 0) return nski_fail(error, "poll", code);
  all.count += add_closing(all.polls + all.count, held);
  int n = nski_poll_until(all.polls, all.count, until, mask);
  if (too_many(&all, n)) n = wait_in_parts(&all, until, mask);
  nsk_outcome outcome = outcome_of(n, error);
  if (n > 0) code = tell(&all, set);
  set->looked = n >= 0;
  unmerge(&all);
  return code == 0 ? outcome : nski_fail(error, "poll", code);
}

/* ---------------------------------------------------------------------- waiting -- */

static nsk_outcome wait_for_one(const nsk_interest *interest, const nsk_signals *held,
                                const sigset_t *mask, nsk_error *error) {
  if (interest->fd < 0) return nski_fail(error, "poll", EBADF);
  struct pollfd p[2] = {{interest->fd, nski_events_of(interest->need), 0}};
  size_t count = 1 + add_closing(&p[1], held);
  nsk_outcome outcome =
      outcome_of(nski_poll_until(p, count, interest->until, mask), error);
  bool open = outcome != NSK_DONE || (p[0].revents & POLLNVAL) == 0;
  return open ? outcome : nski_fail(error, "poll", EBADF);
}

nsk_outcome nsk_wait_for(nsk_interest *interest, nsk_signals *held, nsk_error *error) {
  const sigset_t *mask = nski_signals_before(held);
  nsk_outcome outcome = NSK_DONE; /* of NSK_COLLECT: it is not waited for */
  if (interest->set != NULL)
    outcome = wait_for_all(interest->set, interest->until, held, mask, error);
  else if (interest->need != NSK_COLLECT)
    outcome = wait_for_one(interest, held, mask, error);
  if (held != NULL) nsk_signals_release(held);
  return outcome;
}

nsk_outcome nsk_wait_briefly(const nsk_interest *interest, nsk_error *error) {
  static const int64_t brief = 20000000; /* nanoseconds */
  nsk_interest now = *interest;
  if (now.set != NULL || nski_events_of(now.need) == 0) return NSK_TIMEOUT;
  now.until = sooner(now.until, nsk_now() + brief);
  return wait_for_one(&now, NULL, NULL, error);
}

nsk_outcome nsk_wait(int fd, nsk_need need, int64_t until, nsk_error *error) {
  nsk_interest interest = {.fd = fd, .need = need, .until = until};
  return nsk_wait_for(&interest, NULL, error);
}

bool nski_hung_up(int fd) {
#ifdef POLLRDHUP
  struct pollfd p = {fd, POLLRDHUP, 0};
  return nski_poll_now(&p, 1) == 1 && (p.revents & (POLLRDHUP | POLLHUP)) != 0;
#else
  struct pollfd p = {fd, POLLIN, 0};
  return nski_poll_now(&p, 1) == 1 && (p.revents & POLLHUP) != 0;
#endif
}

/* ---------------------------------------------------------------- for a scheduler -- */

/* One descriptor for all of a set's. */
typedef struct {
  bool grouped; /* there is one */
  bool joined;  /* and all entries are in it */
  int fd;
  unsigned maker; /* the generation of processes that made it */
} group;

_Static_assert(sizeof(group) <= sizeof((nsk_pollset *)0)->inside, "too little room");

static group *group_of(nsk_pollset *set) {
  return (void *)set->inside;
}

/* A parent's group is one for both processes: whatever is done to it is done to the
   parent's. */
static bool is_own(const group *g) {
  return g->grouped && g->maker == nsk_fork_generation();
}

static bool open_group(nsk_pollset *set) {
  group *g = group_of(set);
  if (is_own(g)) return true;
  nsk_pollset_close(set);
  g->maker = nsk_fork_generation();
  g->fd = nski_pollset_open();
  g->grouped = g->fd >= 0;
  return g->grouped;
}

/* 0, or errno of *call. */
static int join(nsk_pollset *set, const char **call) {
  merged all;
  group *g = group_of(set);
  *call = "epoll_create1";
  if (!open_group(set)) return errno;
  if (g->joined) return 0;
  *call = "poll";
  int code = merge(&all, set);
  if (code != 0) return code;
  *call = "epoll_ctl";
  for (size_t i = 0; i < all.count && code == 0; i++)
    if (nski_pollset_add(g->fd, all.polls[i].fd, all.polls[i].events) < 0) code = errno;
  unmerge(&all);
  g->joined = code == 0;
  return code;
}

nsk_outcome nsk_wait_by_one(nsk_interest *interest, nsk_error *error) {
  const char *call;
  nsk_pollset *set = interest->set;
  if (set == NULL) return NSK_AGAIN;
  nsk_outcome outcome = wait_for_all(set, 0, NULL, NULL, error);
  if (outcome == NSK_INTERRUPTED) return NSK_DONE; /* nothing was waited for */
  if (outcome != NSK_TIMEOUT) return outcome;
  int64_t now = nsk_now();
  if (interest->until <= now) return NSK_DONE;
  if (set->alone) {
    interest->fd = set->entries[0].fd;
    interest->need = set->entries[0].need;
    return NSK_AGAIN;
  }
  int code = join(set, &call);
  if (code != 0) return nski_fail(error, call, code);
  interest->fd = group_of(set)->fd;
  interest->need = NSK_READ;
  if (set->count > 0 && nski_pollset_slice != NSK_NEVER)
    interest->until = sooner(interest->until, now + nski_pollset_slice);
  return NSK_AGAIN;
}

void nski_pollset_forget(nsk_pollset *set, int fd) {
  group *g = group_of(set);
  if (is_own(g)) nski_pollset_remove(g->fd, fd);
}

void nski_pollset_changed(nsk_pollset *set) {
  group_of(set)->joined = false;
}

void nsk_pollset_close(nsk_pollset *set) {
  group *g = group_of(set);
  if (g->grouped) nski_close_fd(g->fd);
  g->grouped = g->joined = false;
}
