/*
 * The Lua adapter: the core's sockets, addresses and errors as userdata.
 *
 * Every function that Lua calls works in one order, so that a memory error, which is
 * the only thing that raises after the arguments, leaks nothing and loses no byte:
 *
 *   1. the arguments: a wrong type raises, a number of no use is remembered;
 *   2. storage for the result;
 *   3. nskl_spare: the error that a failure would need;
 *   4. the core's call;
 *   5. the result, from what is there.
 *
 * Between 3 and the end of 4 nothing allocates: an allocation may run finalizers, and
 * those may use the spare error themselves.
 */
#ifndef NSKL_ADAPTER_H
#define NSKL_ADAPTER_H

#include <lauxlib.h>
#include <lua.h>

#include "netsocket.h"

/* ------------------------------------------------------------- userdata -- */

/* The first word of each userdata is the address of its kind's tag, which no other
   library has; its metatable is in the registry under that address. */
typedef enum {
  NSKL_STATE,
  NSKL_SOCKET,
  NSKL_ADDRINFO,
  NSKL_ERROR,
  NSKL_OPERATION,
  NSKL_MSGHDR,
  NSKL_CMSGHDR,
  NSKL_CMSGHDRS,
  NSKL_IOVEC,
  NSKL_KINDS
} nskl_kind;

extern const char nskl_tags[NSKL_KINDS];

typedef struct {
  const void *tag;
  struct nskl_state *state;
} nskl_head;

typedef struct {
  nskl_head head;
  nsk_socket socket;
  uint8_t waiting; /* a bit for each direction in which a poller waits */
} nskl_socket;

typedef struct {
  nskl_head head;
  nsk_addrinfo info;
  size_t canonical_length;
  char canonical[];
} nskl_addrinfo;

/* User value 1 is err.data, 2 is err.attempts. */
typedef struct {
  nskl_head head;
  nsk_error error;
} nskl_error;

/* User value 1 keeps the control messages whose received descriptors stand in here too.
 */
typedef struct {
  nskl_head head;
  nsk_control control;
} nskl_cmsghdrs;

typedef struct {
  nskl_head head;
  nsk_iovec iov;
} nskl_iovec;

typedef struct nskl_operation nskl_operation;

/* What one Lua state has, in place of static variables: a userdata that is an upvalue
   of the module's functions and that objects point to. */
typedef struct nskl_state {
  nskl_head head;
  nskl_error *spare_error; /* NULL: none in its slot */
  nsk_block *scratch;      /* receives go here first; NULL: none */
  bool spare_socket;       /* a closed one waits in its slot */
  bool spare_addrinfo;
  bool poller;           /* the wait functions are in their slots */
  bool poller_cancels;   /* and so is the one that ends a wait */
  bool gcfns;            /* the table of functions before a close is in its slot */
  bool closed;           /* the sentinel has run */
  lua_Integer last_gcfn; /* the handle given last */
  nskl_operation *operations;
  size_t watchers; /* those that wait for many sockets */
  struct {
    uint64_t *words; /* a bit for each descriptor that an object owns */
    size_t count;
    uint64_t first[16];
  } owned;
} nskl_state;

/* The user values of the state. */
enum {
  NSKL_SPARE_ERROR = 1,
  NSKL_SPARE_SOCKET,
  NSKL_SPARE_ADDRINFO,
  NSKL_ERRNO,
  NSKL_EAI,
  NSKL_WAIT_READABLE,
  NSKL_WAIT_WRITABLE,
  NSKL_CANCEL,
  NSKL_GCFNS,
  NSKL_SLOTS = NSKL_GCFNS
};

/* -------------------------------------------------------------- state.c -- */

/* Pushes the state's userdata, made at the first call. */
nskl_state *nskl_open_state(lua_State *L);

/* The state, from the upvalue of a module function. */
static inline nskl_state *nskl_upvalue(lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

/* Pushes a user value of the state. Allocates nothing. */
void nskl_slot_get(lua_State *L, int slot);
/* Pops a value into a user value of the state. Allocates nothing. */
void nskl_slot_set(lua_State *L, int slot);
/* Pushes a user value of the state and leaves nil there, so that the state does not
   keep alive what it gives away. */
void nskl_slot_take(lua_State *L, int slot);

/* Pushes a new userdata with its metatable and returns it, tagged. */
void *nskl_userdata(lua_State *L, nskl_state *st, nskl_kind kind, size_t size,
                    int values);

/* Pops the metatable of a kind, after adding the methods and the name to it. */
void nskl_metatable(lua_State *L, nskl_kind kind, const char *name,
                    const luaL_Reg *methods);

/* Remembers that an object owns fd, for the sentinel. Cannot fail: what cannot be
   remembered is closed by the object alone. */
void nskl_own(nskl_state *st, int fd);
/* Forgets it; false when the sentinel has closed it already. */
bool nskl_disown(nskl_state *st, int fd);

/* Memory to receive into, of at least size bytes; raises when there is none. It is not
   Lua's: taking it runs no finalizer, and it must be taken after what may run one,
   since a finalizer's own receive may replace it. */
nsk_block *nskl_scratch_grow(lua_State *L, nskl_state *st, size_t size);

enum { NSKL_SCRATCH_REUSED = 65536 };

static inline nsk_block *nskl_scratch(lua_State *L, nskl_state *st, size_t size) {
  nsk_block *block = st->scratch;
  if (block != NULL && size <= block->capacity && block->capacity <= NSKL_SCRATCH_REUSED)
    return block;
  return nskl_scratch_grow(L, st, size);
}

/* -------------------------------------------------------------- error.c -- */

void nskl_open_error(lua_State *L);
void nskl_reserve_error(lua_State *L, nskl_state *st);

/* True when the value is one of errno's objects. index is absolute. */
bool nskl_errno_at(lua_State *L, int index, int *code);

/* The error to fill, should the next call of the core fail. */
static inline nsk_error *nskl_spare(lua_State *L, nskl_state *st) {
  if (st->spare_error == NULL) nskl_reserve_error(L, st);
  return &st->spare_error->error;
}

/* Pushes the spare error, which has been filled. Allocates nothing. An error that
   says that there is no memory raises instead. */
void nskl_push_error(lua_State *L, nskl_state *st);

/* The results of a failure: nil, err; false, err; nil, err, true. */
int nskl_fail(lua_State *L, nskl_state *st);
int nskl_fail_false(lua_State *L, nskl_state *st);
int nskl_fail_timeout(lua_State *L, nskl_state *st);

/* The results of a call that has nothing to give but success: true, or false, err. */
int nskl_truth(lua_State *L, nskl_state *st, nsk_outcome outcome);

/* The results of a call that this library cannot begin: nil and an error of the system's.
 */
int nskl_fail_with(lua_State *L, nskl_state *st, const char *op, int code);

/* nil, nil, true */
int nskl_again(lua_State *L);

_Noreturn void nskl_raise_memory(lua_State *L);

/* --------------------------------------------------------------- args.c -- */

/* Raise: `bad argument #3 to 'bind' (boolean expected, got number, for reuseaddr)`
   at the caller's line, N and the names from api.def; index is the stack's. */
_Noreturn void nskl_bad_type(lua_State *L, int index, const char *expected);
/* The same about the value on top of the stack: a field of the table at index. */
_Noreturn void nskl_bad_field(lua_State *L, int index, const char *field,
                              const char *expected);
_Noreturn void nskl_bad_self(lua_State *L, nskl_kind kind);

/* The name in api.def of the function that runs; NULL for an option. */
const char *nskl_running_name(lua_State *L);

/* The userdata of a kind, or NULL. */
static inline void *nskl_test(lua_State *L, int index, nskl_kind kind, size_t size) {
  const void **object = lua_touserdata(L, index);
  if (object == NULL || lua_rawlen(L, index) < size || *object != &nskl_tags[kind])
    return NULL;
  return object;
}

static inline nskl_socket *nskl_self(lua_State *L) {
  nskl_socket *self = nskl_test(L, 1, NSKL_SOCKET, sizeof *self);
  if (self == NULL) nskl_bad_self(L, NSKL_SOCKET);
  return self;
}

/* The object of a kind, as self and as an argument. */
void *nskl_self_of(lua_State *L, nskl_kind kind, size_t size);
void *nskl_object(lua_State *L, int index, nskl_kind kind, size_t size);

nskl_addrinfo *nskl_self_addrinfo(lua_State *L);
const nsk_addrinfo *nskl_addrinfo_at(lua_State *L, int index);

/* A descriptor: its number, which is not checked, or that of a socket object or a file
   of Lua's io library; a closed one gives a number that nobody has. */
int64_t nskl_descriptor(lua_State *L, int index, int *bad);

static inline const char *nskl_bytes(lua_State *L, int index, size_t *length) {
  if (lua_type(L, index) != LUA_TSTRING) nskl_bad_type(L, index, "string");
  return lua_tolstring(L, index, length);
}

bool nskl_boolean(lua_State *L, int index, bool fallback);
double nskl_seconds(lua_State *L, int index, double fallback);

/* Integers. A value that is a number and no integer in range does not raise: its
   index goes into *bad, where it stays the first one, and nskl_blame makes it the
   spare error. */
int64_t nskl_integer(lua_State *L, int index, int *bad);
int64_t nskl_integer_or(lua_State *L, int index, int64_t fallback, int *bad);
int nskl_int(lua_State *L, int index, int *bad);
int nskl_int_or(lua_State *L, int index, int fallback, int *bad);
int nskl_flags(lua_State *L, int first, int *bad);
nskl_state *nskl_blame(lua_State *L, nskl_state *st, int bad);

/* Host and port, at index and the one after. The texts stay on the stack. */
void nskl_endpoint(lua_State *L, int index, bool required, nsk_endpoint *at);
/* The same for a numeric address, whose port is an integer. */
void nskl_numeric_endpoint(lua_State *L, int index, bool required, nsk_endpoint *at);

/* ------------------------------------------------------------ address.c -- */

void nskl_open_address(lua_State *L);
/* Pushes an address object to be filled, the spare one where there is one. */
nskl_addrinfo *nskl_new_addrinfo(lua_State *L, nskl_state *st);
/* Puts one that was not given to the user back; index is the stack's. */
void nskl_spare_addrinfo(lua_State *L, nskl_state *st, int index);

/* ------------------------------------------------------------- socket.c -- */

void nskl_open_socket(lua_State *L);
/* Pushes a closed socket object, the spare one where there is one. */
nskl_socket *nskl_new_socket(lua_State *L, nskl_state *st);
/* Puts one that is still closed back; index is the stack's. */
void nskl_spare_socket(lua_State *L, nskl_state *st, int index);

/* --------------------------------------------------------------- gcfn.c -- */

/* Calls the functions that addgcfn gave the socket at index 1. False: that is what is
   going on already, and the call that began it goes on to close the socket. */
bool nskl_call_gcfns(lua_State *L);

static inline bool nskl_run_gcfns(lua_State *L, const nskl_state *st) {
  return !st->gcfns || nskl_call_gcfns(L);
}

/* ----------------------------------------------------------------- io.c -- */

/* The results of a send that has taken nothing, and of a receive that gave nothing.
   NSK_INTERRUPTED: a hook raised. */
int nskl_sent_nothing(lua_State *L, nskl_state *st, nsk_outcome outcome);
int nskl_nothing_received(lua_State *L, nskl_state *st, nsk_outcome outcome);

/* n, nil, n < length */
static inline int nskl_sent_count(lua_State *L, size_t n, size_t length) {
  lua_pushinteger(L, (lua_Integer)n);
  lua_pushnil(L);
  lua_pushboolean(L, n < length);
  return 3;
}

static inline int nskl_sent(lua_State *L, nskl_state *st, nsk_outcome outcome, size_t n,
                            size_t length) {
  if (outcome != NSK_DONE) return nskl_sent_nothing(L, st, outcome);
  return nskl_sent_count(L, n, length);
}

/* --------------------------------------- message.c, control.c, iovec.c -- */

void nskl_open_message(lua_State *L);
void nskl_open_control(lua_State *L);
void nskl_open_iovec(lua_State *L);

/* --------------------------------------------------- wait.c, operation.c -- */

void nskl_open_operation(lua_State *L);
/* Ends an operation and frees it; the sentinel does that to those left over. */
void nskl_free_operation(nskl_operation *operation);

/* Has the poller wake whoever waits for the socket, which is about to lose its
   descriptor. */
void nskl_tell_waiters(lua_State *L, nskl_socket *self);

/* A system call was interrupted: lets a hook run that a signal handler has set, as
   lua's does for Ctrl-C, and reserves the spare error anew. False: the hook raised,
   and its error is on the stack. */
bool nskl_interrupted(lua_State *L, nskl_state *st);

/* True when a wait may go through the poller: there is one, and it may yield. */
static inline bool nskl_poller_usable(lua_State *L, const nskl_state *st) {
  return st->poller && lua_isyieldable(L);
}

/* Pushes the poller's function and its arguments, for lua_callk with 2 arguments. */
void nskl_poller_push(lua_State *L, const nsk_want *want);

/* Pops the poller's three results. NSK_DONE or NSK_TIMEOUT, or NSK_FAILED with the
   spare error. */
nsk_outcome nskl_poller_answer(lua_State *L, nskl_state *st);

/* ------------------------------------------------------------- option.c -- */

/* Adds the options to the table of methods on top of the stack. */
void nskl_open_options(lua_State *L);
/* The option that a running function is, or NULL. */
const nsk_option *nskl_running_option(lua_State *L, int function);

/* ----------------------------------------------------------- constant.c -- */

/* Adds constants and env to the module's table on top of the stack. */
void nskl_open_constants(lua_State *L);

#include "rows.h"

#endif
