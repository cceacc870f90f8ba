/* A Lua module of the tests: processes. fork() returns the child's number, in the child
   0; exit(status) ends at once, alarm(seconds) later; wait(pid) returns how a child
   ended, 0 when well. */
#include <lauxlib.h>
#include <lua.h>
#include <sys/wait.h>
#include <unistd.h>

static int process_fork(lua_State *L) {
  lua_pushinteger(L, fork());
  return 1;
}

static int process_exit(lua_State *L) {
  _exit((int)luaL_checkinteger(L, 1));
}

static int process_wait(lua_State *L) {
  int status = -1;
  (void)waitpid((pid_t)luaL_checkinteger(L, 1), &status, 0);
  lua_pushinteger(L, status);
  return 1;
}

static int process_alarm(lua_State *L) {
  (void)alarm((unsigned)luaL_checkinteger(L, 1));
  return 0;
}

int luaopen_process(lua_State *L);
int luaopen_process(lua_State *L) {
  static const luaL_Reg functions[] = {{"fork", process_fork},
                                       {"exit", process_exit},
                                       {"alarm", process_alarm},
                                       {"wait", process_wait},
                                       {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
