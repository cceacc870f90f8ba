/* Control messages: made from values, read as values, and in queues. */
#include "control.h"

#include "argcheck.h"
#include "args.h"
#include "error.h"
#include "objects.h"
#include "state.h"

typedef struct {
  nskl_head head;
  nsk_cmsg cmsg;
} cmsghdr;

static cmsghdr *self_cmsghdr(lua_State *L) {
  return nskl_self_of(L, NSKL_CMSGHDR, sizeof(cmsghdr));
}

static nskl_cmsghdrs *self_cmsghdrs(lua_State *L) {
  return nskl_self_of(L, NSKL_CMSGHDRS, sizeof(nskl_cmsghdrs));
}

/* An empty one, to be filled by the core: descriptors have their owner before they are
   handed over. */
static cmsghdr *new_cmsghdr(lua_State *L, nskl_state *st) {
  return nskl_userdata(L, st, NSKL_CMSGHDR, sizeof(cmsghdr), 0);
}

/* ------------------------------------------------------ from Lua's values -- */

/* Pushes a field of the table at index 3. The table is read raw: nothing of the user's
   runs here and changes what has been checked. */
static int push_field(lua_State *L, const char *name) {
  lua_pushstring(L, name);
  return lua_rawget(L, 3);
}

/* A field that is an integer of 0..most. */
static uint32_t number_field(lua_State *L, const char *name, bool required, uint32_t most,
                             int *bad) {
  int type = push_field(L, name), wrong = 0;
  int64_t value = 0;
  if (type != LUA_TNUMBER && (type != LUA_TNIL || required))
    nskl_bad_field(L, 3, name, "integer");
  if (type == LUA_TNUMBER) value = nskl_integer(L, -1, &wrong);
  if (*bad == 0 && (wrong || value < 0 || value > (int64_t)most)) *bad = 3;
  lua_pop(L, 1);
  return (uint32_t)value;
}

static void address_field(lua_State *L, const char *name, nsk_addr *addr) {
  if (push_field(L, name) != LUA_TNIL) {
    nskl_addrinfo *ai = nskl_test(L, -1, NSKL_ADDRINFO, sizeof *ai);
    if (ai == NULL) nskl_bad_field(L, 3, name, "net.socket.addrinfo");
    *addr = ai->info.addr;
  }
  lua_pop(L, 1);
}

/* What a value means depends on the kind; the core refuses one where only bytes can be
   meant. */
static void take_value(lua_State *L, nsk_cmsg_kind kind, nsk_cmsg_value *value,
                       int *bad) {
  bool number = lua_type(L, 3) == LUA_TNUMBER;
  switch (kind) {
    case NSK_CMSG_CREDENTIALS:
      if (number) nskl_bad_type(L, 3, "string or table");
      value->pid = number_field(L, "pid", true, UINT32_MAX, bad);
      value->uid = number_field(L, "uid", true, UINT32_MAX, bad);
      value->gid = number_field(L, "gid", true, UINT32_MAX, bad);
      break;
    case NSK_CMSG_PKTINFO:
      if (number) nskl_bad_type(L, 3, "string or table");
      value->ifindex = number_field(L, "ifindex", false, INT32_MAX, bad);
      address_field(L, "addr", &value->addr);
      break;
    case NSK_CMSG_INTEGER:
      if (!number) nskl_bad_type(L, 3, "string or integer");
      value->integer = nskl_integer(L, 3, bad);
      break;
    case NSK_CMSG_BYTES:
    case NSK_CMSG_RIGHTS:
    case NSK_CMSG_TIME:
    case NSK_CMSG_ADDRESS:
    case NSK_CMSG_QUEUED:
      break;
  }
}

/* The kind of a level and a type, which may be far outside of int. */
static nsk_cmsg_kind kind_of(int64_t level, int64_t type) {
  bool fits = level == (int32_t)level && type == (int32_t)type;
  return fits ? nsk_cmsg_made_of((int)level, (int)type) : NSK_CMSG_BYTES;
}

int nskl_cmsghdr_make_new(lua_State *L) {
  nsk_cmsg_value value = {0};
  size_t length = 0;
  const char *bytes = NULL;
  int bad = 0;
  nskl_state *st = nskl_upvalue(L);
  int64_t level = nskl_integer(L, 1, &bad);
  int64_t type = nskl_integer(L, 2, &bad);
  if (lua_type(L, 3) == LUA_TSTRING)
    bytes = lua_tolstring(L, 3, &length);
  else if (lua_type(L, 3) == LUA_TNUMBER || lua_istable(L, 3))
    take_value(L, kind_of(level, type), &value, &bad);
  else
    nskl_bad_type(L, 3, "string, integer or table");
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  cmsghdr *made = new_cmsghdr(L, st);
  nsk_error *error = nskl_spare(L, st);
  nsk_outcome outcome =
      bytes != NULL ? nsk_cmsg_make(&made->cmsg, level, type, bytes, length, error)
                    : nsk_cmsg_encode(&made->cmsg, level, type, &value, error);
  return outcome == NSK_DONE ? 1 : nskl_fail(L, st);
}

/* The core refuses more descriptors than there is room for here. */
int nskl_cmsghdr_make_rights(lua_State *L) {
  int64_t fds[NSK_RIGHTS_MAX] = {0};
  int bad = 0;
  nskl_state *st = nskl_upvalue(L);
  int count = lua_gettop(L);
  for (int i = 1; i <= count; i++) {
    int64_t fd = nskl_integer(L, i, &bad);
    if (i <= NSK_RIGHTS_MAX) fds[i - 1] = fd;
  }
  if (bad) return nskl_fail(L, nskl_blame(L, st, bad));
  cmsghdr *made = new_cmsghdr(L, st);
  if (nsk_cmsg_make_rights(&made->cmsg, fds, (size_t)count, nskl_spare(L, st)) ==
      NSK_DONE)
    return 1;
  return nskl_fail(L, st);
}

/* -------------------------------------------------------- to Lua's values -- */

int nskl_cmsghdr_level(lua_State *L) {
  lua_pushinteger(L, self_cmsghdr(L)->cmsg.level);
  return 1;
}

int nskl_cmsghdr_type(lua_State *L) {
  lua_pushinteger(L, self_cmsghdr(L)->cmsg.type);
  return 1;
}

/* Received descriptors become the caller's when nothing can fail any more. */
static void push_rights(lua_State *L, nsk_cmsg *cmsg) {
  lua_createtable(L, (int)nsk_cmsg_fds(cmsg), 0);
  /* Making the table may have run a finalizer, and that may have taken or closed them. */
  size_t count = cmsg->taken ? 0 : nsk_cmsg_fds(cmsg);
  for (size_t i = 0; i < count; i++) {
    lua_pushinteger(L, nsk_cmsg_fd(cmsg, i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  if (cmsg->taken || cmsg->data == NULL) lua_pushnil(L);
  if (cmsg->owned) nsk_cmsg_take(cmsg);
}

int nskl_cmsghdr_data(lua_State *L) {
  nsk_cmsg *cmsg = &self_cmsghdr(L)->cmsg;
  if (cmsg->data == NULL || cmsg->taken)
    lua_pushnil(L);
  else if (nsk_cmsg_has_fds(cmsg))
    push_rights(L, cmsg);
  else
    lua_pushlstring(L, (const char *)cmsg->data, cmsg->length);
  return 1;
}

static void set_number(lua_State *L, const char *name, uint32_t number) {
  lua_pushinteger(L, number);
  lua_setfield(L, -2, name);
}

static void set_address(lua_State *L, nskl_state *st, const char *name,
                        const nsk_addr *addr) {
  if (addr->length == 0) return;
  nskl_addrinfo *ai = nskl_new_addrinfo(L, st);
  ai->info = (nsk_addrinfo){.addr = *addr};
  lua_setfield(L, -2, name);
}

static void set_word(lua_State *L, const char *name, const char *word) {
  if (word == NULL) return;
  lua_pushstring(L, word);
  lua_setfield(L, -2, name);
}

void nskl_push_queued(lua_State *L, nskl_state *st, const nsk_cmsg_value *value) {
  lua_createtable(L, 0, 12);
  set_number(L, "errno", value->code_of_error);
  set_word(L, "origin", value->origin);
  set_number(L, "type", value->type);
  set_number(L, "code", value->code);
  set_number(L, "info", value->info);
  set_number(L, "data", value->data);
  set_word(L, "event", value->event);
  set_address(L, st, "offender", &value->addr);
}

int nskl_cmsghdr_value(lua_State *L) {
  nsk_cmsg_value value;
  cmsghdr *self = self_cmsghdr(L);
  nskl_state *st = self->head.state;
  switch (nsk_cmsg_decode(&self->cmsg, &value)) {
    case NSK_CMSG_INTEGER:
      lua_pushinteger(L, value.integer);
      break;
    case NSK_CMSG_TIME:
      lua_pushnumber(L, (lua_Number)value.seconds + (lua_Number)value.nanoseconds / 1e9);
      break;
    case NSK_CMSG_CREDENTIALS:
      lua_createtable(L, 0, 3);
      set_number(L, "pid", value.pid);
      set_number(L, "uid", value.uid);
      set_number(L, "gid", value.gid);
      break;
    case NSK_CMSG_PKTINFO:
      lua_createtable(L, 0, 3);
      set_number(L, "ifindex", value.ifindex);
      set_address(L, st, "addr", &value.addr);
      set_address(L, st, "local", &value.local);
      break;
    case NSK_CMSG_ADDRESS:
      nskl_new_addrinfo(L, st)->info = (nsk_addrinfo){.addr = value.addr};
      break;
    case NSK_CMSG_QUEUED:
      nskl_push_queued(L, st, &value);
      break;
    case NSK_CMSG_BYTES:
    case NSK_CMSG_RIGHTS:
      lua_pushnil(L);
      break;
  }
  return 1;
}

/* Finalizer and end of a `<close>` variable. */
static int cmsghdr_gc(lua_State *L) {
  cmsghdr *self = nskl_test(L, 1, NSKL_CMSGHDR, sizeof *self);
  if (self != NULL) nsk_cmsg_free(&self->cmsg);
  return 0;
}

static int cmsghdr_len(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)self_cmsghdr(L)->cmsg.length);
  return 1;
}

static int cmsghdr_tostring(lua_State *L) {
  const nsk_cmsg *cmsg = &self_cmsghdr(L)->cmsg;
  lua_pushfstring(L, "net.socket.cmsghdr: level=%d type=%d length=%I", cmsg->level,
                  cmsg->type, (LUAI_UACINT)cmsg->length);
  return 1;
}

/* --------------------------------------------------------------- queues -- */

enum { PUSHED = 1, VALUES = PUSHED };

int nskl_cmsghdrs_make_new(lua_State *L) {
  nskl_cmsghdrs *made =
      nskl_userdata(L, nskl_upvalue(L), NSKL_CMSGHDRS, sizeof *made, VALUES);
  nsk_control_init(&made->control);
  return 1;
}

/* The queue copies the numbers of descriptors that a message still owns: were it
   collected before they are sent, the numbers would be another file's. The queue holds
   it as long as it holds the numbers, under its place among all that was ever pushed. */

/* Pushes the table of the messages held, a new one where there is none. */
static void push_held(lua_State *L) {
  if (lua_getiuservalue(L, 1, PUSHED) == LUA_TTABLE) return;
  lua_newtable(L);
  if (lua_getiuservalue(L, 1, PUSHED) == LUA_TTABLE) return; /* a finalizer's own push */
  lua_pushvalue(L, -2);
  lua_setiuservalue(L, 1, PUSHED);
  lua_pop(L, 1);
}

int nskl_cmsghdrs_push(lua_State *L) {
  nskl_cmsghdrs *self = self_cmsghdrs(L);
  nskl_state *st = self->head.state;
  cmsghdr *pushed = nskl_object(L, 2, NSKL_CMSGHDR, sizeof *pushed);
  nskl_still_open(L, st);
  bool hold = pushed->cmsg.owned;
  if (hold) push_held(L);
  nsk_error *error = nskl_spare(L, st);
  lua_Integer place =
      (lua_Integer)self->control.shifted + (lua_Integer)self->control.count;
  if (hold) {
    lua_pushvalue(L, 2);
    lua_rawseti(L, -2, place);
  }
  nsk_outcome outcome = nsk_control_push(&self->control, &pushed->cmsg, error);
  if (hold && outcome != NSK_DONE) {
    lua_pushnil(L);
    lua_rawseti(L, -2, place);
  }
  return nskl_truth(L, st, outcome);
}

/* Pushes the message that is held for the first place and drops it from the queue; false
   and nothing when there is none. Allocates nothing. */
static bool shift_held(lua_State *L, nskl_cmsghdrs *self) {
  lua_Integer place = (lua_Integer)self->control.shifted;
  if (lua_getiuservalue(L, 1, PUSHED) != LUA_TTABLE ||
      lua_rawgeti(L, -1, place) != LUA_TUSERDATA)
    return false;
  lua_pushnil(L);
  lua_rawseti(L, -3, place);
  nsk_control_drop(&self->control);
  return true;
}

int nskl_cmsghdrs_shift(lua_State *L) {
  nskl_cmsghdrs *self = self_cmsghdrs(L);
  nskl_state *st = self->head.state;
  nsk_outcome outcome = NSK_END;
  if (self->control.count > 0) {
    cmsghdr *first = new_cmsghdr(L, st);
    nsk_error *error = nskl_spare(L, st);
    int made = lua_gettop(L);
    if (shift_held(L, self)) return 1;
    outcome = nsk_control_shift(&self->control, &first->cmsg, error);
    lua_settop(L, made);
  }
  if (outcome == NSK_FAILED) return nskl_fail(L, st);
  if (outcome == NSK_END) lua_pushnil(L);
  return 1;
}

void nskl_let_go(lua_State *L, int index) {
  lua_pushnil(L);
  lua_setiuservalue(L, index, PUSHED);
}

static int cmsghdrs_gc(lua_State *L) {
  nskl_cmsghdrs *self = nskl_test(L, 1, NSKL_CMSGHDRS, sizeof *self);
  if (self != NULL) nsk_control_free(&self->control);
  return 0;
}

static int cmsghdrs_len(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)self_cmsghdrs(L)->control.count);
  return 1;
}

static int cmsghdrs_tostring(lua_State *L) {
  lua_pushfstring(L, "net.socket.cmsghdrs: %I control messages",
                  (LUAI_UACINT)self_cmsghdrs(L)->control.count);
  return 1;
}

void nskl_open_cmsghdr(lua_State *L) {
  static const luaL_Reg methods[] = {{"__gc", cmsghdr_gc},
                                     {"__close", cmsghdr_gc},
                                     {"__len", cmsghdr_len},
                                     {"__tostring", cmsghdr_tostring},
                                     {NULL, NULL}};
  nskl_metatable(L, NSKL_CMSGHDR, methods);
}

void nskl_open_cmsghdrs(lua_State *L) {
  static const luaL_Reg methods[] = {{"__gc", cmsghdrs_gc},
                                     {"__close", cmsghdrs_gc},
                                     {"__len", cmsghdrs_len},
                                     {"__tostring", cmsghdrs_tostring},
                                     {NULL, NULL}};
  nskl_metatable(L, NSKL_CMSGHDRS, methods);
}
