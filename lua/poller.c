/* The poller that waits for a Lua program, and the hook that an interruption lets run. */
#include "poller.h"

#include "argcheck.h"
#include "args.h"
#include "error.h"
#include "state.h"

/* ------------------------------------------------------------ interruption -- */

/* Being called is what a hook waits for. */
static int after_signal(lua_State *L) {
  nskl_spare(L, lua_touserdata(L, 1));
  return 0;
}

bool nskl_interrupted(lua_State *L, nskl_state *st) {
  lua_pushcfunction(L, after_signal);
  lua_pushlightuserdata(L, st);
  bool fine = lua_pcall(L, 1, 0, 0) == LUA_OK;
  st->hook = lua_gethook(L);
  return fine;
}

/* A signal handler has set a hook that has not run. One that stayed when it had is a
   debugger's. */
static bool hook_waits(lua_State *L, nskl_state *st) {
  lua_Hook hook = lua_gethook(L);
  if (hook == NULL) st->hook = NULL;
  return hook != st->hook && (lua_gethookmask(L) & LUA_MASKCALL) != 0;
}

bool nskl_signals_hold(lua_State *L, nskl_state *st, nsk_signals *held) {
  nsk_signals_hold(held);
  return !hook_waits(L, st);
}

nsk_outcome nskl_wait_briefly(lua_State *L, nskl_state *st,
                              const nsk_interest *interest) {
  nsk_error *error = nskl_spare(L, st);
  return hook_waits(L, st) ? NSK_INTERRUPTED : nsk_wait_briefly(interest, error);
}

/* Between the look at the hook and the wait no signal comes in. */
static nsk_outcome wait_long(lua_State *L, nskl_state *st, nsk_interest *interest) {
  nsk_signals held = {.closes = false};
  nsk_outcome outcome = NSK_INTERRUPTED;
  nsk_error *error = nskl_spare(L, st);
  if (nskl_signals_hold(L, st, &held)) outcome = nsk_wait_for(interest, &held, error);
  nsk_signals_release(&held);
  return outcome;
}

nsk_outcome nskl_wait(lua_State *L, nskl_state *st, nsk_interest *interest) {
  nsk_outcome outcome = nskl_wait_briefly(L, st, interest);
  if (outcome == NSK_TIMEOUT) outcome = wait_long(L, st, interest);
  if (outcome == NSK_INTERRUPTED && !nskl_interrupted(L, st)) lua_error(L);
  return outcome;
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
  if (given) {
    st->poller_cancels = !lua_isnil(L, -1);
    nskl_slot_set(L, st, NSKL_CANCEL);
  } else {
    lua_pop(L, 1); /* who waits already, and what is kept, is still the last one's */
  }
  nskl_slot_set(L, st, NSKL_WAIT_WRITABLE);
  nskl_slot_set(L, st, NSKL_WAIT_READABLE);
  lua_pushnil(L);
  return 1;
}

int nskl_poller_now(lua_State *L) {
  lua_pushnumber(L, (lua_Number)nsk_now() / 1e9);
  return 1;
}

int nskl_poller_time(lua_State *L) {
  lua_pushnumber(L, (lua_Number)nsk_time_of_day() / 1e9);
  return 1;
}

int nskl_poller_nonblock(lua_State *L) {
  int bad = 0;
  bool was;
  nskl_state *st = nskl_upvalue(L);
  int64_t fd = nskl_integer(L, 1, &bad);
  bool given = !lua_isnoneornil(L, 2), wanted = nskl_boolean(L, 2, false);
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  if (nsk_fd_nonblock(fd, given ? &wanted : NULL, &was, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  lua_pushboolean(L, was);
  return 1;
}

int nskl_poller_generation(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)nsk_fork_generation());
  return 1;
}

static int64_t nanoseconds_left(int64_t until) {
  int64_t left = until - nsk_now();
  return left > 0 ? left : 0;
}

void nskl_poller_push(lua_State *L, const nskl_state *st, const nsk_interest *interest,
                      bool lasts, bool known) {
  bool writing = interest->need == NSK_WRITE || interest->need == NSK_WRITE_URGENT;
  nskl_slot_get(L, st, writing ? NSKL_WAIT_WRITABLE : NSKL_WAIT_READABLE);
  lua_pushinteger(L, interest->fd);
  if (interest->until == NSK_NEVER)
    lua_pushnil(L);
  else
    lua_pushnumber(L, (lua_Number)nanoseconds_left(interest->until) / 1e9);
  lua_pushboolean(L, lasts);
  lua_pushboolean(L, known);
  lua_pushinteger(L, st->told);
}

/* An error of the poller's own becomes one of ours, which has its words and, as data, the
   thing itself. */
static void wrap_error(lua_State *L, nskl_state *st, int index) {
  const char *words = "neither ready nor timed out";
  if (!lua_isnil(L, index)) words = luaL_tolstring(L, index, NULL);
  nsk_error_because(nskl_spare(L, st), "poller", NSK_CANCELED, words);
  nskl_slot_get(L, st, NSKL_SPARE_ERROR);
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
    nskl_slot_set(L, st, NSKL_SPARE_ERROR);
    st->spare_error = ours;
  } else if (nskl_errno_at(L, index, &code)) {
    nsk_error_code(nskl_spare(L, st), "poll", code);
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
  else if (lua_isboolean(L, first + 1) && !lua_toboolean(L, first + 1))
    outcome = NSK_AGAIN;
  else
    take_error(L, st, first + 1);
  lua_settop(L, first - 1);
  return outcome;
}
