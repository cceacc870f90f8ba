/*
 * The Lua adapter: the core's sockets, addresses and errors as userdata.
 *
 * Every function that Lua calls works in one order, so that a memory error, which is
 * the only thing that raises after the arguments, leaks nothing and loses no byte:
 *
 *   1. the arguments: a wrong type raises, a number out of range is remembered;
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
  NSKL_READER,
  NSKL_DEADLINE,
  NSKL_POLLSET,
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
  uint8_t waiting; /* a bit for each direction in which a poller may wait */
  uint8_t kept;    /* which process's poller may know the descriptor; 0: none */
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
  bool given; /* to a caller, for whom it stays as it is */
} nskl_error;

/* User value 1 holds the control messages whose received descriptors are here too. */
typedef struct {
  nskl_head head;
  nsk_control control;
} nskl_cmsghdrs;

/* What is busy is being sent by a call that waits, and is not changed meanwhile. */
typedef struct {
  nskl_head head;
  nsk_iovec iov;
  int busy;
} nskl_iovec;

typedef struct nskl_operation nskl_operation;
typedef struct nskl_row nskl_row;

/* The values of Lua that a state has; false where there is none. */
enum {
  NSKL_SPARE_ERROR,
  NSKL_SPARE_SOCKET,
  NSKL_SPARE_ADDRINFO,
  NSKL_SPARE_OPERATION,
  NSKL_ERRNO,
  NSKL_EAI,
  NSKL_WAIT_READABLE,
  NSKL_WAIT_WRITABLE,
  NSKL_CANCEL,
  NSKL_GCFNS,
  NSKL_LINES,
  NSKL_SLOTS
};

/* What one Lua state has, in place of static variables: a userdata that is an upvalue
   of the module's functions and that objects point to. */
typedef struct nskl_state {
  nskl_head head;
  int slots[NSKL_SLOTS];   /* where the registry has their values */
  nskl_error *spare_error; /* NULL: none in its slot */
  nsk_buffer *scratch;     /* receives go here first; NULL: none */
  nsk_batch *batch;        /* and here those of many packets */
  struct {
    nskl_socket *socket; /* whose bytes are in the scratch; NULL: nothing is in hand */
    size_t length;
    size_t returned; /* how often such bytes had to go back to their socket */
  } in_hand;
  bool spare_socket; /* a closed one waits in its slot */
  bool spare_addrinfo;
  bool spare_operation;
  bool poller;           /* the wait functions are in their slots */
  bool poller_cancels;   /* and so is the one that ends a wait */
  bool gcfns;            /* the table of functions before a close is in its slot */
  bool leaks;            /* the table of the lines that made sockets is in its slot */
  bool closed;           /* the sentinel has run */
  lua_Hook hook;         /* that has run, and stays */
  lua_Integer last_gcfn; /* the handle given last */
  int64_t collected;     /* when nskl_collect last did, of nsk_now */
  nskl_operation *operations;
  size_t watchers;  /* those that wait for many sockets */
  lua_Integer told; /* how often a poller's cancel has been called */
  struct {
    const nskl_row *row; /* the opener that has read a table of options last */
    int at;              /* which argument that was */
    unsigned places;     /* a bit for each place on the stack that it has filled */
  } extras;
  struct {
    uint64_t *words; /* a bit for each descriptor that an object owns */
    size_t count;
    uint64_t first[16];
  } owned;
} nskl_state;

/* The state, from the upvalue of a module function. */
static inline nskl_state *nskl_upvalue(lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

#include "rows.h"

#endif
