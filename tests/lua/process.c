/* A Lua module of the tests: processes. fork() returns the child's number, in the child
   0; exit(status) ends at once, alarm(seconds) later, or calls the function that `hook`
   was given, in the main program's hook; wait(pid) returns how a child ended, 0 when
   well. */
#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
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

static lua_State *program;
static const char key;

static void call_hook(lua_State *L, lua_Debug *ar) {
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &key);
  lua_call(L, 0, 0);
}

/* As that of lua(1) for SIGINT. */
static void set_hook(int number) {
  (void)number;
  lua_sethook(program, call_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

static int process_hook(lua_State *L) {
  struct sigaction action = {.sa_handler = set_hook};
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  program = lua_tothread(L, -1);
  lua_settop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
  return luaL_fileresult(L, sigaction(SIGALRM, &action, NULL) == 0, NULL);
}

int luaopen_process(lua_State *L);
int luaopen_process(lua_State *L) {
  static const luaL_Reg functions[] = {{"fork", process_fork},   {"exit", process_exit},
                                       {"alarm", process_alarm}, {"hook", process_hook},
                                       {"wait", process_wait},   {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
