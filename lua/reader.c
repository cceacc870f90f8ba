/* Reading ahead: lines, exact counts and marks out of a stream. */
#include "objects.h"

#include "args.h"
#include "deadline.h"
#include "error.h"
#include "poller.h"
#include "state.h"
#include "wait_loop.h"

/* User value 1 keeps the socket. */
typedef struct {
  nskl_head head;
  nskl_socket *socket;
  nsk_reader reader;
} reader;

/* One call: what it reads, and how its result is given. */
typedef struct {
  nsk_read read;
  bool strip;  /* the newline goes */
  bool raises; /* an error is raised, as io.lines does */
} reading;

static reader *self_reader(lua_State *L) {
  return nskl_self_of(L, NSKL_READER, sizeof(reader));
}

int nskl_socket_reader(lua_State *L) {
  int bad = 0;
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  int64_t limit = nskl_integer_or(L, 2, NSK_READER_LIMIT, &bad);
  int64_t size = nskl_integer_or(L, 3, NSK_READER_SIZE, &bad);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  reader *made = nskl_userdata(L, st, NSKL_READER, sizeof *made, 1);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  made->socket = self;
  if (nsk_reader_check(&self->socket, limit, size, &made->reader, nskl_spare(L, st)) !=
      NSK_DONE)
    return nskl_fail(L, st);
  return 1;
}

int nskl_socket_pending(lua_State *L) {
  nskl_socket *self = nskl_self(L);
  nskl_settle(self->head.state);
  lua_pushinteger(L, (lua_Integer)nsk_socket_pending(&self->socket));
  return 1;
}

/* --------------------------------------------------------------- the results -- */

static void push_bytes(lua_State *L, const unsigned char *bytes, size_t length,
                       bool strip) {
  if (strip) length = nsk_line_stripped(bytes, length);
  lua_pushlstring(L, (const char *)bytes, length);
}

static int not_read(lua_State *L, nskl_state *st, const reading *r, nsk_outcome outcome) {
  if (outcome == NSK_END) {
    lua_pushnil(L);
    return 1;
  }
  if (r->raises) {
    nskl_push_error(L, st);
    return lua_error(L);
  }
  if (outcome == NSK_TIMEOUT) {
    nskl_fail_timeout(L, st);
  } else {
    nskl_fail(L, st);
    lua_pushnil(L);
  }
  lua_pushinteger(L, (lua_Integer)r->read.pending);
  return 4;
}

/* ------------------------------------------------------------- the operation -- */

static nsk_outcome read_step(lua_State *L, nskl_operation *operation, nsk_error *error) {
  reading *r = nskl_part(operation);
  nsk_socket *s = &operation->socket->socket;
  (void)L;
  nskl_settle(operation->state);
  nsk_outcome outcome = nsk_read_hold(&r->read, s, error);
  if (outcome != NSK_DONE) return outcome;
  return nsk_read_step(&r->read, s, &operation->state->scratch, &operation->interest,
                       error);
}

static int read_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  const reading *r = nskl_part(operation);
  if (outcome != NSK_DONE) return not_read(L, operation->state, r, outcome);
  push_bytes(L, r->read.bytes, r->read.done, r->strip);
  return 1;
}

static void read_drop(nskl_operation *operation, bool delivered) {
  reading *r = nskl_part(operation);
  nskl_socket *socket = operation->socket;
  nsk_read_end(&r->read, socket != NULL ? &socket->socket : NULL,
               &operation->state->scratch, delivered);
}

static const nskl_work read_work =
    NSKL_WORK("recv", sizeof(reading), read_step, read_finish, read_drop);

/* The result of a read that needed no wait. Its bytes are pending until their string is
   made; a finalizer that receives meanwhile gets them, and the answer is false. */
static bool push_now(lua_State *L, nskl_socket *socket, const unsigned char *bytes,
                     size_t length, bool strip) {
  nskl_state *st = socket->head.state;
  size_t returned = st->in_hand.returned;
  st->in_hand.socket = socket;
  st->in_hand.length = 0;
  push_bytes(L, bytes, length, strip);
  if (st->in_hand.returned != returned) {
    lua_pop(L, 1);
    return false;
  }
  st->in_hand.socket = NULL;
  return true;
}

/* Pushes a line that needs no receive; false: it is not there yet. */
static bool push_line(lua_State *L, const reader *self, bool strip) {
  size_t length;
  nskl_socket *socket = self->socket;
  nskl_state *st = self->head.state;
  nskl_settle(st);
  const unsigned char *line = nsk_line_now(&self->reader, &socket->socket, &length);
  if (line == NULL || !push_now(L, socket, line, length, strip)) return false;
  nsk_line_taken(&socket->socket, &st->scratch, length);
  return true;
}

/* In place: what comes soon needs no operation. NSK_DONE: receive it. */
static nsk_outcome wait_now(lua_State *L, nskl_socket *socket,
                            const nsk_interest *interest) {
  nskl_state *st = socket->head.state;
  if (nskl_poller_usable(L, st)) return NSK_AGAIN;
  nsk_outcome outcome = nskl_wait_briefly(L, st, interest);
  if (outcome == NSK_FAILED) return outcome;
  if (outcome != NSK_DONE) return NSK_AGAIN;
  nsk_read_ready(&socket->socket);
  return NSK_DONE;
}

/* What is there has been looked for, so it waits first, unless a finalizer has left the
   socket something. */
static int run_waiting(lua_State *L, nskl_socket *socket, const reading *r,
                       const nsk_interest *interest) {
  nskl_state *st = socket->head.state;
  nskl_operation *operation = nskl_new_operation(L, st, &read_work, socket);
  reading *own = nskl_part(operation);
  *own = *r;
  nskl_settle(st);
  if (!nsk_socket_has_pending(&socket->socket) &&
      nsk_read_hold(&own->read, &socket->socket, nskl_spare(L, st)) == NSK_DONE) {
    operation->interest = *interest;
    operation->stepped = true;
  }
  return nskl_run(L);
}

/* The reader is at index 1. What is there already needs no operation. */
static int run_read(lua_State *L, reader *self, reading *r) {
  nskl_socket *socket = self->socket;
  nskl_state *st = self->head.state;
  nsk_interest interest;
  nsk_outcome outcome;
  if (nskl_refused(L, socket, NSK_READ, "recv")) return not_read(L, st, r, NSK_FAILED);
  do {
    nsk_error *error = nskl_spare(L, st);
    nskl_settle(st);
    outcome = nsk_read_step(&r->read, &socket->socket, &st->scratch, &interest, error);
    if (outcome == NSK_DONE &&
        push_now(L, socket, r->read.bytes, r->read.done, r->strip)) {
      nsk_read_end(&r->read, &socket->socket, &st->scratch, true);
      return 1;
    }
    if (outcome == NSK_AGAIN) outcome = wait_now(L, socket, &interest);
  } while (outcome == NSK_DONE ||
           (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st)) ||
           nskl_vacated(L, socket, outcome));
  if (outcome == NSK_INTERRUPTED) return lua_error(L); /* a hook raised */
  if (outcome != NSK_AGAIN) return not_read(L, st, r, outcome);
  return run_waiting(L, socket, r, &interest);
}

/* --------------------------------------------------------------- the methods -- */

static bool get_deadline(lua_State *L, int index, const reader *self, reading *r) {
  return nskl_socket_time(L, index, self->socket, r->read.name, &r->read.deadline) ==
         NSK_DONE;
}

/* (n, sec), (mark, sec) */
static int read_some(lua_State *L, const char *name, nsk_read_kind kind) {
  int bad = 0;
  reader *self = self_reader(L);
  nskl_state *st = self->head.state;
  reading r = {.read = {.kind = kind, .name = name, .reader = self->reader}};
  int64_t n = 1;
  if (kind == NSK_READ_UNTIL)
    r.read.mark = nskl_bytes(L, 2, &r.read.mark_length);
  else
    n = nskl_integer(L, 2, &bad);
  bool in_time = get_deadline(L, 3, self, &r);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  if (!in_time || nsk_read_check(&r.read, n, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  r.read.n = (size_t)n;
  return run_read(L, self, &r);
}

int nskl_reader_read(lua_State *L) {
  return read_some(L, "read", NSK_READ_SOME);
}

int nskl_reader_readexactly(lua_State *L) {
  return read_some(L, "readexactly", NSK_READ_EXACTLY);
}

int nskl_reader_readuntil(lua_State *L) {
  return read_some(L, "readuntil", NSK_READ_UNTIL);
}

int nskl_reader_readall(lua_State *L) {
  return read_some(L, "readall", NSK_READ_ALL);
}

int nskl_reader_peek(lua_State *L) {
  return read_some(L, "peek", NSK_READ_PEEK);
}

/* (sec) */
static int read_line(lua_State *L, const char *name, nsk_read_kind kind) {
  reader *self = self_reader(L);
  nskl_state *st = self->head.state;
  bool strip = kind == NSK_READ_WHOLE_LINE;
  if (lua_gettop(L) == 1 && push_line(L, self, strip)) return 1;
  reading r = {.read = {.kind = kind, .name = name, .reader = self->reader},
               .strip = strip};
  if (!get_deadline(L, 2, self, &r)) return nskl_fail(L, st);
  return run_read(L, self, &r);
}

int nskl_reader_readline(lua_State *L) {
  return read_line(L, "readline", NSK_READ_LINE);
}

int nskl_reader_line(lua_State *L) {
  return read_line(L, "line", NSK_READ_WHOLE_LINE);
}

/* Upvalue 1 is the reader, 2 the `sec` of each line, 3 the row of `lines`. */
static int next_line(lua_State *L) {
  lua_settop(L, 0);
  lua_pushvalue(L, lua_upvalueindex(1));
  reader *self = lua_touserdata(L, 1);
  if (push_line(L, self, true)) return 1;
  reading r = {
      .read = {.kind = NSK_READ_WHOLE_LINE, .name = "lines", .reader = self->reader},
      .strip = true,
      .raises = true};
  if (!get_deadline(L, lua_upvalueindex(2), self, &r))
    return not_read(L, self->head.state, &r, NSK_FAILED);
  return run_read(L, self, &r);
}

int nskl_reader_lines(lua_State *L) {
  self_reader(L);
  nskl_time_at(L, 2, NSK_NO_DEADLINE); /* raises now what cannot be one */
  lua_settop(L, 2);
  lua_pushlightuserdata(L, (void *)(uintptr_t)nskl_running(L));
  lua_pushcclosure(L, next_line, 3);
  return 1;
}

static int reader_tostring(lua_State *L) {
  const reader *self = self_reader(L);
  lua_pushfstring(L, "net.socket.reader: fd=%d", self->socket->socket.fd);
  return 1;
}

void nskl_open_reader(lua_State *L) {
  static const luaL_Reg methods[] = {{"__tostring", reader_tostring}, {NULL, NULL}};
  nskl_metatable(L, NSKL_READER, methods);
}
