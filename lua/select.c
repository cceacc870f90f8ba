/* Waiting for one of many sockets and descriptors. */
#include <limits.h>
#include <stdio.h>

#include "argcheck.h"
#include "args.h"
#include "deadline.h"
#include "error.h"
#include "state.h"
#include "wait_loop.h"

/* The stack: the tables and the seconds, then a copy of their elements, which nothing
   that runs meanwhile can change. */
enum { READERS = 1, WRITERS, SECONDS, VALUES_AT };

/* An entry's owner is the userdata that it is of, a socket or a file; NULL where a number
   was given. The copy of the elements keeps them alive, and the operation keeps that. */
typedef struct {
  nsk_select select;
  size_t readers;
  bool pending; /* one of them has bytes that the kernel does not know of */
} selecting;

/* ------------------------------------------------------------- the elements -- */

static size_t length_at(lua_State *L, int index, bool required) {
  if (lua_istable(L, index)) return (size_t)lua_rawlen(L, index);
  if (!(required ? lua_isnil(L, index) : lua_isnoneornil(L, index)))
    nskl_bad_type(L, index, "table");
  return 0;
}

/* An element's owner and descriptor; false: a number out of range. */
static bool set_entry(lua_State *L, int index, size_t place, nsk_entry *entry) {
  char field[24];
  int bad = 0;
  entry->need = index == READERS ? NSK_READ : NSK_WRITE;
  entry->owner = nskl_test(L, -1, NSKL_SOCKET, sizeof(nskl_socket));
  if (entry->owner == NULL) entry->owner = luaL_testudata(L, -1, LUA_FILEHANDLE);
  if (entry->owner != NULL) return true;
  if (lua_type(L, -1) != LUA_TNUMBER) {
    snprintf(field, sizeof field, "%zu", place);
    nskl_bad_field(L, index, field, "integer, net.socket or file");
  }
  entry->fd = nskl_int(L, lua_gettop(L), &bad);
  return bad == 0;
}

/* Copies the elements of one table into VALUES_AT, from `from` on, and the entries. */
static bool gather(lua_State *L, int index, size_t count, nsk_entry *entries,
                   size_t from) {
  bool good = true;
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    good = set_entry(L, index, i + 1, &entries[from + i]) && good;
    lua_rawseti(L, VALUES_AT, (lua_Integer)(from + i) + 1);
  }
  return good;
}

static const nskl_socket *socket_of(const nsk_entry *entry) {
  const nskl_socket *socket = entry->owner;
  bool is = socket != NULL && socket->head.tag == &nskl_tags[NSKL_SOCKET];
  return is ? socket : NULL;
}

/* Objects are asked for their descriptor before each look: one that has been closed has
   none. */
static void refresh(selecting *part) {
  nsk_pollset *set = &part->select.set;
  part->pending = false;
  for (size_t i = 0; i < set->count; i++) {
    nsk_entry *entry = &set->entries[i];
    const nskl_socket *socket = socket_of(entry);
    const luaL_Stream *file = entry->owner;
    if (socket != NULL) {
      entry->fd = socket->socket.fd;
      part->pending |= i < part->readers && nsk_socket_has_pending(&socket->socket);
    } else if (file != NULL) {
      entry->fd = file->closef != NULL ? fileno(file->f) : -1;
    }
  }
}

/* ------------------------------------------------------------ the operation -- */

/* The wait of a call with bytes pending is a look. */
static nsk_outcome select_step(lua_State *L, nskl_operation *operation,
                               nsk_error *error) {
  selecting *part = nskl_part(operation);
  (void)L;
  (void)error;
  nskl_settle(operation->state);
  int64_t deadline = part->select.deadline;
  if (part->pending) part->select.deadline = 0;
  nsk_outcome outcome = nsk_select_step(&part->select, &operation->interest);
  part->select.deadline = deadline;
  if (outcome != NSK_AGAIN) return outcome;
  refresh(part);
  if (part->pending) operation->interest.until = 0;
  return NSK_AGAIN;
}

static bool is_ready(const selecting *part, size_t i) {
  const nsk_entry *entry = &part->select.set.entries[i];
  const nskl_socket *socket = socket_of(entry);
  if (entry->ready) return true;
  return i < part->readers && socket != NULL && nsk_socket_has_pending(&socket->socket);
}

static void push_ready(lua_State *L, const selecting *part, size_t from, size_t to) {
  lua_Integer n = 0;
  lua_newtable(L);
  for (size_t i = from; i < to; i++) {
    if (!is_ready(part, i)) continue;
    lua_rawgeti(L, VALUES_AT, (lua_Integer)i + 1);
    lua_rawseti(L, -2, ++n);
  }
}

/* A function names no call by itself, see nskl_push_error. */
static int failed(lua_State *L, nskl_state *st) {
  nskl_error *error = st->spare_error;
  if (!error->given) error->error.op = "select";
  return nskl_fail(L, st);
}

/* A poller that gave up early has found nothing ready either. */
static int select_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  const selecting *part = nskl_part(operation);
  if (outcome == NSK_FAILED) return failed(L, operation->state);
  push_ready(L, part, 0, part->readers);
  push_ready(L, part, part->readers, part->select.set.count);
  return 2;
}

static void select_drop(nskl_operation *operation, bool delivered) {
  selecting *part = nskl_part(operation);
  (void)delivered;
  nsk_select_drop(&part->select);
}

static bool select_watches(const nskl_operation *operation, const nskl_socket *socket) {
  const selecting *part = nskl_part(operation);
  const nsk_pollset *set = &part->select.set;
  for (size_t i = 0; i < set->count; i++)
    if (set->entries[i].owner == socket) return true;
  return false;
}

static const nskl_work select_work =
    NSKL_WORK("poll", sizeof(selecting), select_step, select_finish, select_drop,
              .watches = select_watches);

/* The operation is made before its memory, and keeps the copy of the elements. */
static selecting *new_selecting(lua_State *L, nskl_state *st, size_t readers) {
  selecting *part = nskl_part(nskl_new_operation(L, st, &select_work, NULL));
  part->readers = readers;
  lua_pushvalue(L, VALUES_AT);
  lua_setiuservalue(L, -2, 1);
  return part;
}

int nskl_module_select(lua_State *L) {
  nsk_deadline deadline;
  nskl_state *st = nskl_upvalue(L);
  size_t readers = length_at(L, READERS, true);
  size_t count = readers + length_at(L, WRITERS, false);
  nskl_time time = nskl_time_at(L, SECONDS, NSK_NO_DEADLINE);
  lua_settop(L, SECONDS);
  lua_createtable(L, count < INT_MAX ? (int)count : 0, 0);
  selecting *part = new_selecting(L, st, readers);
  nsk_error *error = nskl_spare(L, st);
  if (nsk_select_start(&part->select, count, NSK_NEVER, error) != NSK_DONE)
    return nskl_fail(L, st);
  nsk_entry *entries = part->select.set.entries;
  bool good_readers = gather(L, READERS, readers, entries, 0);
  bool good_writers = gather(L, WRITERS, count - readers, entries, readers);
  if (nskl_time_ends(L, st, &time, "poll", "sec", &deadline) != NSK_DONE)
    return nskl_fail(L, st);
  part->select.deadline = deadline.at;
  if (!good_readers || !good_writers) {
    nsk_error_argument(nskl_spare(L, st), "select", good_readers ? "wr" : "rd",
                       NSK_NO_DESCRIPTOR);
    return nskl_fail(L, st);
  }
  return nskl_run(L);
}
