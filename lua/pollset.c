/* A set of descriptors that a scheduler waits for. */
#include "objects.h"

#include "args.h"
#include "deadline.h"
#include "error.h"
#include "fd_registry.h"
#include "poller.h"
#include "state.h"

typedef struct {
  nskl_head head;
  nsk_group group;
  int owned;        /* what the state knows that this owns; a fork changes it */
  unsigned changes; /* how often it was said what is watched */
} pollset;

static pollset *self_pollset(lua_State *L) {
  return nskl_self_of(L, NSKL_POLLSET, sizeof(pollset));
}

/* After each call of the core's that may open a group. */
static void note(pollset *self) {
  nskl_state *st = self->head.state;
  int fd = self->group.open ? self->group.fd : -1;
  if (self->owned == fd) return;
  if (self->owned >= 0) nskl_disown(st, self->owned);
  if (fd >= 0) nskl_own(st, fd);
  self->owned = fd;
}

int nskl_poller_pollset(lua_State *L) {
  nskl_state *st = nskl_upvalue(L);
  nskl_still_open(L, st);
  pollset *made = nskl_userdata(L, st, NSKL_POLLSET, sizeof *made, 0);
  made->owned = -1;
  nsk_outcome outcome = nsk_group_open(&made->group, nskl_spare(L, st));
  if (nskl_reclaim(L, st, outcome))
    outcome = nsk_group_open(&made->group, nskl_spare(L, st));
  if (outcome != NSK_DONE) return nskl_fail(L, st);
  note(made);
  return 1;
}

/* One of "", "r", "w" and "rw". */
static bool events_at(lua_State *L, int index, bool *reading, bool *writing) {
  *reading = *writing = false;
  if (lua_isnoneornil(L, index)) return true;
  size_t length;
  const char *events = nskl_bytes(L, index, &length);
  *reading = *events == 'r';
  *writing = events[*reading] == 'w';
  return length == (size_t)*reading + (size_t)*writing;
}

int nskl_pollset_watch(lua_State *L) {
  int bad = 0;
  bool reading, writing;
  pollset *self = self_pollset(L);
  nskl_state *st = self->head.state;
  int64_t fd = nskl_descriptor(L, 2, &bad);
  bool known = events_at(L, 3, &reading, &writing);
  if (bad) return nskl_fail_false(L, nskl_blame(L, st, bad));
  nsk_error *error = nskl_spare(L, st);
  if (!known) {
    nsk_error_argument(error, "watch", "events", "not one of 'r', 'w', 'rw' and ''");
    return nskl_fail_false(L, st);
  }
  nsk_outcome outcome = nsk_group_watch(&self->group, fd, reading, writing, error);
  note(self);
  self->changes++;
  return nskl_truth(L, st, outcome);
}

/* In place whatever the poller: that may wait by this. No hook of a signal is missed.
   One that has changed what is watched has closed a socket, for instance, and then there
   is something to do for the scheduler, which waits no longer. */
static nsk_outcome wait_in_place(lua_State *L, pollset *self, int64_t until,
                                 nsk_ready *ready, size_t *count) {
  nsk_outcome outcome;
  nskl_state *st = self->head.state;
  unsigned changes = self->changes;
  do {
    nsk_signals held = {.closes = false};
    nsk_error *error = nskl_spare(L, st);
    outcome = NSK_INTERRUPTED;
    if (until == 0 || nskl_signals_hold(L, st, &held))
      outcome = nsk_group_wait(&self->group, until, &held, ready, count, error);
    nsk_signals_release(&held);
    note(self);
    if (outcome == NSK_INTERRUPTED && !nskl_interrupted(L, st)) lua_error(L);
    if (self->changes != changes) until = 0;
  } while (outcome == NSK_INTERRUPTED);
  return outcome;
}

static bool is_reading(const nsk_ready *ready) {
  return ready->reading;
}

static bool is_writing(const nsk_ready *ready) {
  return ready->writing;
}

/* Pushes the descriptors of those, in a table that never grows. */
static void push_list(lua_State *L, const nsk_ready *ready, size_t count,
                      bool (*is)(const nsk_ready *ready)) {
  int length = 0;
  for (size_t i = 0; i < count; i++)
    length += is(&ready[i]);
  lua_createtable(L, length, 0);
  length = 0;
  for (size_t i = 0; i < count; i++) {
    if (!is(&ready[i])) continue;
    lua_pushinteger(L, ready[i].fd);
    lua_rawseti(L, -2, ++length);
  }
}

/* What is ready stays so: the next wait has what a lack of memory keeps from this one. */
int nskl_pollset_wait(lua_State *L) {
  size_t count = 0;
  nsk_deadline deadline;
  nsk_ready ready[NSK_READY_MOST];
  pollset *self = self_pollset(L);
  nskl_state *st = self->head.state;
  nskl_time time = nskl_time_at(L, 2, NSK_NO_DEADLINE);
  if (nskl_time_ends(L, st, &time, "wait", "sec", &deadline) != NSK_DONE)
    return nskl_fail(L, st);
  if (time.number && time.seconds <= 0) deadline.at = 0;
  nsk_outcome outcome = wait_in_place(L, self, deadline.at, ready, &count);
  if (outcome == NSK_FAILED) return nskl_fail(L, st);
  push_list(L, ready, count, is_reading);
  push_list(L, ready, count, is_writing);
  return 2;
}

int nskl_pollset_fd(lua_State *L) {
  int fd;
  pollset *self = self_pollset(L);
  nskl_state *st = self->head.state;
  nsk_outcome outcome = nsk_group_fd(&self->group, &fd, nskl_spare(L, st));
  note(self);
  if (outcome != NSK_DONE) return nskl_fail(L, st);
  lua_pushinteger(L, fd);
  return 1;
}

/* When the state ends, what it owned has been closed with it unless this still had it. */
static void close_group(pollset *self) {
  if (!nskl_disown(self->head.state, self->owned)) self->group.open = false;
  self->owned = -1;
  nsk_group_close(&self->group);
}

int nskl_pollset_close(lua_State *L) {
  close_group(self_pollset(L));
  lua_pushnil(L);
  return 1;
}

static int pollset_gc(lua_State *L) {
  pollset *self = nskl_test(L, 1, NSKL_POLLSET, sizeof *self);
  if (self != NULL) close_group(self);
  return 0;
}

void nskl_open_pollset(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"__gc", pollset_gc}, {"__close", pollset_gc}, {NULL, NULL}};
  nskl_metatable(L, NSKL_POLLSET, methods);
}
