/* Many descriptors waited for as one. */
#include "internal.h"

#if defined(NSK_HAVE_EPOLL)
#include <sys/epoll.h>
#elif defined(NSK_HAVE_KQUEUE)
#include <sys/event.h>
#endif

void nsk_select_start(nsk_select *op, nsk_select_item *items, size_t count,
                      int64_t deadline) {
  *op = (nsk_select){items, count, -1, deadline};
}

#if defined(NSK_HAVE_EPOLL)

static uint32_t events_of(const nsk_select_item *item) {
  return item->need == NSK_READ ? EPOLLIN : EPOLLOUT;
}

/* Both directions of one descriptor are one entry: a second item is added to it. A file
   that cannot be waited for (EPERM) is always ready, and poll(2) has said so before. */
static int add(int group, const nsk_select_item *items, size_t i) {
  struct epoll_event event = {.events = events_of(&items[i])};
  if (epoll_ctl(group, EPOLL_CTL_ADD, items[i].fd, &event) == 0 || errno == EPERM)
    return 0;
  if (errno != EEXIST) return -1;
  for (size_t j = 0; j < i; j++)
    if (items[j].fd == items[i].fd) event.events |= events_of(&items[j]);
  return epoll_ctl(group, EPOLL_CTL_MOD, items[i].fd, &event);
}

static int make_group(const nsk_select *op, const char **call) {
  *call = "epoll_create1";
  int group = epoll_create1(EPOLL_CLOEXEC);
  if (group >= 0) *call = "epoll_ctl";
  for (size_t i = 0; group >= 0 && i < op->count; i++) {
    if (add(group, op->items, i) == 0) continue;
    nsk_close_fd(group);
    return -1;
  }
  return group;
}

#elif defined(NSK_HAVE_KQUEUE)

static int make_group(const nsk_select *op, const char **call) {
  *call = "kqueue";
  int group = nsk_open_queue();
  if (group >= 0) *call = "kevent";
  for (size_t i = 0; group >= 0 && i < op->count; i++) {
    struct kevent event;
    int filter = op->items[i].need == NSK_READ ? EVFILT_READ : EVFILT_WRITE;
    EV_SET(&event, (uintptr_t)op->items[i].fd, filter, EV_ADD, 0, 0, NULL);
    if (kevent(group, &event, 1, NULL, 0, NULL) == 0) continue;
    nsk_close_fd(group);
    return -1;
  }
  return group;
}

#else

static int make_group(const nsk_select *op, const char **call) {
  (void)op;
  *call = "poll";
  errno = EOPNOTSUPP;
  return -1;
}

#endif

nsk_outcome nsk_select_step(nsk_select *op, size_t *ready, nsk_interest *interest,
                            nsk_error *error) {
  const char *call = "";
  nsk_outcome outcome = nsk_look(op->items, op->count, ready, error);
  if (outcome != NSK_DONE || *ready > 0) return outcome;
  if (nsk_passed(op->deadline)) return NSK_DONE;
  if (op->group < 0) op->group = make_group(op, &call);
  if (op->group < 0) return nsk_fail(error, call, errno);
  *interest = (nsk_interest){op->group, NSK_READ, op->deadline};
  return NSK_AGAIN;
}

void nsk_select_drop(nsk_select *op) {
  if (op->group >= 0) nsk_close_fd(op->group);
  op->group = -1;
}
