/* Waiting: recvable and sendable, and the poller that waits for a Lua program. */
#include "operation.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

/* ------------------------------------------------------------ interruption -- */

/* Being called is what a hook waits for. */
static int after_signal(lua_State *L) {
  nskl_spare(L, lua_touserdata(L, 1));
  return 0;
}

bool nskl_interrupted(lua_State *L, nskl_state *st) {
  lua_pushcfunction(L, after_signal);
  lua_pushlightuserdata(L, st);
  return lua_pcall(L, 1, 0, 0) == LUA_OK;
}

/* ---------------------------------------------------------------- poller -- */

static bool callable(lua_State *L, int index) {
  if (lua_isfunction(L, index)) return true;
  if (luaL_getmetafield(L, index, "__call") == LUA_TNIL) return false;
  lua_pop(L, 1);
  return true;
}

/* Pushes a field of the poller, which must be something to call, or nil where it may. */
static void poller_field(lua_State *L, const char *name, bool required) {
  if (lua_getfield(L, 1, name) == LUA_TNIL && !required) return;
  if (!callable(L, -1))
    luaL_error(L, "bad argument #1 to 'use' (function expected, got %s, for %s)",
               luaL_typename(L, -1), name);
}

int nskl_poller_use(lua_State *L) {
  nskl_state *st = nskl_upvalue(L);
  lua_settop(L, 1);
  bool given = !lua_isnil(L, 1);
  if (given && !lua_istable(L, 1)) nskl_bad_type(L, 1, "table");
  if (given) {
    poller_field(L, "wait_readable", true);
    poller_field(L, "wait_writable", true);
    poller_field(L, "cancel", false);
  } else {
    lua_settop(L, 4);
  }
  st->poller = given;
  st->poller_cancels = !lua_isnil(L, -1);
  nskl_slot_set(L, NSKL_CANCEL);
  nskl_slot_set(L, NSKL_WAIT_WRITABLE);
  nskl_slot_set(L, NSKL_WAIT_READABLE);
  lua_pushnil(L);
  return 1;
}

int nskl_poller_now(lua_State *L) {
  lua_pushnumber(L, (lua_Number)nsk_now() / 1e9);
  return 1;
}

static int64_t nanoseconds_left(int64_t until) {
  int64_t left = until - nsk_now();
  return left > 0 ? left : 0;
}

void nskl_poller_push(lua_State *L, const nsk_want *want) {
  bool writing = want->need == NSK_WRITE || want->need == NSK_WRITE_URGENT;
  nskl_slot_get(L, writing ? NSKL_WAIT_WRITABLE : NSKL_WAIT_READABLE);
  lua_pushinteger(L, want->fd);
  if (want->until == NSK_NEVER)
    lua_pushnil(L);
  else
    lua_pushnumber(L, (lua_Number)nanoseconds_left(want->until) / 1e9);
}

/* An error of the poller's own becomes one of ours, which has its words and, as data, the
   thing itself. */
static void wrap_error(lua_State *L, nskl_state *st, int index) {
  const char *words = "neither ready nor timed out";
  if (!lua_isnil(L, index)) words = luaL_tolstring(L, index, NULL);
  nsk_error *error = nskl_spare(L, st);
  *error =
      (nsk_error){.domain = NSK_ERRNO, .code = ECANCELED, .op = "poller", .byte = -1};
  snprintf(error->text, sizeof error->text, "%s", words);
  nskl_slot_get(L, NSKL_SPARE_ERROR);
  lua_pushvalue(L, index);
  lua_setiuservalue(L, -2, 1);
}

/* What a poller gave as its error: an error object of ours, which the call then returns
   as it is; one of errno's objects; or anything else. */
static void take_error(lua_State *L, nskl_state *st, int index) {
  int code;
  nskl_error *ours = nskl_test(L, index, NSKL_ERROR, sizeof *ours);
  if (ours != NULL) {
    lua_pushvalue(L, index);
    nskl_slot_set(L, NSKL_SPARE_ERROR);
    st->spare_error = ours;
  } else if (nskl_errno_at(L, index, &code)) {
    nsk_error *error = nskl_spare(L, st);
    *error = (nsk_error){.domain = NSK_ERRNO, .code = code, .op = "poll", .byte = -1};
  } else {
    wrap_error(L, st, index);
  }
}

nsk_outcome nskl_poller_answer(lua_State *L, nskl_state *st) {
  int first = lua_gettop(L) - 2;
  nsk_outcome outcome = NSK_FAILED;
  if (lua_toboolean(L, first))
    outcome = NSK_DONE;
  else if (lua_toboolean(L, first + 2))
    outcome = NSK_TIMEOUT;
  else
    take_error(L, st, first + 1);
  lua_settop(L, first - 1);
  return outcome;
}

/* ----------------------------------------------------- recvable, sendable -- */

static int waited(lua_State *L, nskl_state *st, nsk_outcome outcome) {
  switch (outcome) {
    case NSK_DONE:
      lua_pushboolean(L, 1);
      return 1;
    case NSK_TIMEOUT:
      lua_pushboolean(L, 0);
      lua_pushnil(L);
      lua_pushboolean(L, 1);
      return 3;
    case NSK_INTERRUPTED: /* a hook raised */
      return lua_error(L);
    case NSK_AGAIN:
    case NSK_END:
    case NSK_FAILED:
      break;
  }
  return nskl_fail_false(L, st);
}

/* Nobody has to wait for what is past. */
enum { AT_ONCE = 0 };

/* A poller that says ready is believed; one that gives up is not. */
static nsk_outcome ready_step(lua_State *L, nskl_operation *operation, nsk_error *error) {
  nsk_socket *s = &operation->socket->socket;
  const nsk_want *want = &operation->want;
  (void)L;
  if (operation->ready && s->fd >= 0) return NSK_DONE;
  nsk_outcome outcome = nsk_socket_wait(s, want->need, AT_ONCE, error);
  bool over = want->until != NSK_NEVER && nsk_now() >= want->until;
  return outcome == NSK_TIMEOUT && !over ? NSK_AGAIN : outcome;
}

static int ready_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome) {
  return waited(L, operation->state, outcome);
}

static const nskl_work ready_work = {
    .name = "poll",
    .step = ready_step,
    .finish = ready_finish,
};

static int wait_for(lua_State *L, nsk_need need, nsk_need urgent) {
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  int64_t until;
  nsk_outcome outcome;
  double seconds = nskl_seconds(L, 2, 0);
  bool exception = nskl_boolean(L, 3, false);
  if (nsk_deadline(seconds, "poll", "sec", &until, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail_false(L, st);
  bool by_poller = seconds > 0 && !exception && nskl_poller_usable(L, st);
  do
    outcome = nsk_socket_wait(&self->socket, exception ? urgent : need,
                              by_poller ? AT_ONCE : until, nskl_spare(L, st));
  while (outcome == NSK_INTERRUPTED && nskl_interrupted(L, st));
  if (outcome != NSK_TIMEOUT || !by_poller) return waited(L, st, outcome);
  nskl_operation *operation = nskl_new_operation(L, st, &ready_work, self);
  operation->want = (nsk_want){self->socket.fd, need, until};
  operation->stepped = true;
  return nskl_run(L);
}

int nskl_socket_recvable(lua_State *L) {
  return wait_for(L, NSK_READ, NSK_READ_URGENT);
}

int nskl_socket_sendable(lua_State *L) {
  return wait_for(L, NSK_WRITE, NSK_WRITE_URGENT);
}
