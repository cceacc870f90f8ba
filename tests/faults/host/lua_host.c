/*
 * A Lua interpreter whose memory can run out on demand: `lua_host script [args]` runs
 * a script as lua does, with one table more:
 *
 *   fault.call(first, count, f, ...) -> ok, attempted, refused, results of f or error
 *
 * calls f while the allocations first .. first+count-1 (from 0) fail. Lua answers a
 * failed allocation with an emergency collection and tries once more, so one refusal
 * alone tests that collection and two in a row are a memory error. attempted says how
 * many allocations were asked for; when that is not above first, nothing failed.
 *
 *   fault.setenv(name, value)
 *
 * sets a variable of the environment or, without a value, removes it.
 *
 *   fault.block_sigpipe(block)
 *
 * blocks SIGPIPE or lets it in again.
 *
 *   fault.hook_by_sigint(on)
 *
 * has SIGINT set a hook that raises, as lua does, or do again what it does by itself.
 *
 * The collector never runs by itself: the same call allocates the same each time.
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
  bool armed;
  lua_Integer first, count;
  lua_Integer attempted, refused;
} window;

/* Shrinking and freeing cannot fail: Lua relies on that. */
static void *allocate(void *unused, void *block, size_t old, size_t wanted) {
  (void)unused;
  if (wanted == 0) {
    free(block);
    return NULL;
  }
  if (window.armed && (block == NULL || wanted > old)) {
    lua_Integer index = window.attempted++;
    if (index >= window.first && index - window.first < window.count) {
      window.refused++;
      return NULL;
    }
  }
  return realloc(block, wanted);
}

static int fault_call(lua_State *L) {
  lua_Integer first = luaL_checkinteger(L, 1);
  lua_Integer count = luaL_checkinteger(L, 2);
  luaL_checkany(L, 3);
  window.first = first;
  window.count = count;
  window.attempted = window.refused = 0;
  window.armed = true;
  int status = lua_pcall(L, lua_gettop(L) - 3, LUA_MULTRET, 0);
  window.armed = false;
  lua_pushboolean(L, status == LUA_OK);
  lua_replace(L, 1);
  lua_pushinteger(L, window.attempted);
  lua_replace(L, 2);
  lua_pushinteger(L, window.refused);
  lua_insert(L, 3);
  return lua_gettop(L);
}

static int fault_setenv(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  if (lua_isnoneornil(L, 2))
    unsetenv(name);
  else
    setenv(name, luaL_checkstring(L, 2), 1);
  return 0;
}

static int fault_block_sigpipe(lua_State *L) {
  sigset_t pipe_only;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  sigprocmask(lua_toboolean(L, 1) ? SIG_BLOCK : SIG_UNBLOCK, &pipe_only, NULL);
  return 0;
}

static lua_State *hooked;

static void raise_in(lua_State *L, lua_Debug *unused) {
  (void)unused;
  lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "interrupted");
}

static void set_hook(int number) {
  (void)number;
  lua_sethook(hooked, raise_in, LUA_MASKCALL, 0);
}

static int fault_hook_by_sigint(lua_State *L) {
  hooked = L;
  signal(SIGINT, lua_toboolean(L, 1) ? set_hook : SIG_DFL);
  return 0;
}

static int message(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

static int run(lua_State *L, int argc, char **argv) {
  static const luaL_Reg functions[] = {{"call", fault_call},
                                       {"setenv", fault_setenv},
                                       {"block_sigpipe", fault_block_sigpipe},
                                       {"hook_by_sigint", fault_hook_by_sigint},
                                       {NULL, NULL}};
  luaL_openlibs(L);
  luaL_newlib(L, functions);
  lua_setglobal(L, "fault");
  lua_createtable(L, argc, 1);
  for (int i = 1; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - 1);
  }
  lua_setglobal(L, "arg");
  lua_gc(L, LUA_GCSTOP);
  lua_pushcfunction(L, message);
  if (luaL_loadfile(L, argv[1]) == LUA_OK && lua_pcall(L, 0, 0, -2) == LUA_OK) return 0;
  fprintf(stderr, "%s: %s\n", argv[0], lua_tostring(L, -1));
  return EXIT_FAILURE;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: %s script [args]\n", argv[0]);
    return EXIT_FAILURE;
  }
  lua_State *L = lua_newstate(allocate, NULL);
  if (L == NULL) return EXIT_FAILURE;
  int status = run(L, argc, argv);
  lua_close(L);
  return status;
}
