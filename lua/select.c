/* Waiting for one of many sockets and descriptors. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "error.h"
#include "operation.h"
#include "running.h"
#include "state.h"

/* The stack: the tables and the seconds, then a copy of their elements, which nothing
   that runs meanwhile can change, and the memory for what the core makes of them. */
enum { READERS = 1, WRITERS, SECONDS, VALUES_AT, ENTRIES_AT };

typedef struct {
  nsk_select_item *items;
  nskl_socket **sockets; /* NULL where a descriptor was given */
  size_t readers, count;
} entries;

typedef struct {
  nsk_select select;
  entries all;
  bool started;
} selecting;

/* ------------------------------------------------------------- the elements -- */

static size_t length_at(lua_State *L, int index, bool required) {
  if (lua_istable(L, index)) return (size_t)lua_rawlen(L, index);
  if (!(required ? lua_isnil(L, index) : lua_isnoneornil(L, index)))
    nskl_bad_type(L, index, "table");
  return 0;
}

/* The element on top of the stack becomes entry i; false: a number of no use. */
static bool set_entry(lua_State *L, int index, size_t place, const entries *all,
                      size_t i) {
  char field[24];
  int bad = 0;
  nskl_socket *socket = nskl_test(L, -1, NSKL_SOCKET, sizeof *socket);
  all->sockets[i] = socket;
  all->items[i].need = index == READERS ? NSK_READ : NSK_WRITE;
  if (socket != NULL) return true;
  if (lua_type(L, -1) != LUA_TNUMBER) {
    snprintf(field, sizeof field, "%zu", place);
    nskl_bad_field(L, index, field, "integer or net.socket");
  }
  all->items[i].fd = nskl_int(L, lua_gettop(L), &bad);
  return bad == 0;
}

/* Copies the elements of one table into VALUES_AT and the entries from `from` on. */
static bool gather(lua_State *L, int index, size_t count, const entries *all,
                   size_t from) {
  bool good = true;
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    good = set_entry(L, index, i + 1, all, from + i) && good;
    lua_rawseti(L, VALUES_AT, (lua_Integer)(from + i) + 1);
  }
  return good;
}

/* Sockets are asked for their descriptor before each look: one that has been closed has
   none. True when one has bytes at hand that the kernel does not know of. */
static bool refresh(const entries *all) {
  bool kept = false;
  for (size_t i = 0; i < all->count; i++) {
    nskl_socket *socket = all->sockets[i];
    if (socket == NULL) continue;
    all->items[i].fd = socket->socket.fd;
    kept |= i < all->readers && nsk_socket_has_pending(&socket->socket);
  }
  return kept;
}

static void mark_pending(const entries *all) {
  for (size_t i = 0; i < all->readers; i++) {
    const nskl_socket *socket = all->sockets[i];
    if (socket != NULL && nsk_socket_has_pending(&socket->socket))
      all->items[i].ready = true;
  }
}

/* ------------------------------------------------------------ the operation -- */

static nsk_outcome select_step(lua_State *L, nskl_operation *operation,
                               nsk_error *error) {
  selecting *part = nskl_part(operation);
  size_t ready;
  (void)L;
  nskl_settle(operation->state);
  bool kept = refresh(&part->all);
  int64_t deadline = part->select.deadline;
  if (kept) part->select.deadline = 0;
  nsk_outcome outcome =
      nsk_select_step(&part->select, &ready, &operation->interest, error);
  part->select.deadline = deadline;
  if (kept && outcome == NSK_DONE) mark_pending(&part->all);
  return outcome;
}

static void push_ready(lua_State *L, const entries *all, size_t from, size_t to) {
  lua_Integer n = 0;
  lua_newtable(L);
  for (size_t i = from; i < to; i++) {
    if (!all->items[i].ready) continue;
    lua_rawgeti(L, VALUES_AT, (lua_Integer)i + 1);
    lua_rawseti(L, -2, ++n);
  }
}

/* A poller that gave up early has found nothing ready either. */
static int select_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  const selecting *part = nskl_part(operation);
  const entries *all = &part->all;
  if (outcome == NSK_FAILED) return nskl_fail(L, operation->state);
  push_ready(L, all, 0, all->readers);
  push_ready(L, all, all->readers, all->count);
  return 2;
}

static void select_drop(nskl_operation *operation, bool delivered) {
  selecting *part = nskl_part(operation);
  (void)delivered;
  if (part->started) nsk_select_drop(&part->select);
}

static bool select_watches(const nskl_operation *operation, const nskl_socket *socket) {
  const selecting *part = nskl_part(operation);
  const entries *all = &part->all;
  for (size_t i = 0; i < all->count; i++)
    if (all->sockets[i] == socket) return true;
  return false;
}

static const nskl_work select_work = {
    .name = "poll",
    .size = sizeof(selecting),
    .step = select_step,
    .finish = select_finish,
    .drop = select_drop,
    .watches = select_watches,
};

int nskl_module_select(lua_State *L) {
  nsk_deadline deadline;
  entries all;
  nskl_state *st = nskl_upvalue(L);
  all.readers = length_at(L, READERS, true);
  all.count = all.readers + length_at(L, WRITERS, false);
  double seconds = nskl_seconds(L, SECONDS, HUGE_VAL);
  lua_settop(L, SECONDS);
  lua_createtable(L, all.count < INT_MAX ? (int)all.count : 0, 0);
  all.sockets =
      lua_newuserdatauv(L, all.count * (sizeof(void *) + sizeof *all.items) + 1, 0);
  all.items = (nsk_select_item *)(all.sockets + all.count);
  memset(all.items, 0, all.count * sizeof *all.items);
  bool good_readers = gather(L, READERS, all.readers, &all, 0);
  bool good_writers = gather(L, WRITERS, all.count - all.readers, &all, all.readers);
  if (nsk_deadline_in(seconds, "poll", "sec", &deadline, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  if (!good_readers || !good_writers) {
    nsk_error_argument(nskl_spare(L, st), "select", good_readers ? "wr" : "rd",
                       "not a descriptor number");
    return nskl_fail(L, st);
  }
  nskl_operation *operation = nskl_new_operation(L, st, &select_work, NULL);
  selecting *part = nskl_part(operation);
  part->all = all;
  part->started = true;
  nsk_select_start(&part->select, all.items, all.count, deadline.at);
  return nskl_run(L);
}
