/*
 * Plain calls of a socket: recv, send, accept, connect and the like.
 *
 * Each is tried once. Where it would block and the socket has a timeout, it goes on as an
 * operation, which waits and tries again. Its arguments are read before the first try and
 * kept in the call; what has to stay alive is on the stack of its function.
 */
#ifndef NSKL_PLAIN_H
#define NSKL_PLAIN_H

#include "wait_loop.h"

/* What the methods wait for: nskl_waits_recv is NSK_READ. */
#define WAITS(NAME, NEED) static const nsk_need nskl_waits_##NAME = NEED;
#include "waits.def"

typedef struct nskl_plain nskl_plain;

/* What a call on a blocking socket, without a timeout, does when it has to wait. */
typedef enum {
  NSKL_BLOCKS, /* in the kernel; after a signal in poll(2) for what is left of its time */
  NSKL_POLLED, /* in poll(2): its system call never blocks */
  NSKL_LIMITS_ITSELF
} nskl_blocking;

/* What is particular to one method. */
typedef struct {
  nskl_work work;
  nsk_need need;
  nskl_blocking blocking;

  /* One try. It may push a result where it is done, and nothing else. */
  nsk_outcome (*attempt)(lua_State *L, nskl_plain *call, nsk_error *error);

  /* Pushes the results and says how many. The error is the spare one. */
  int (*results)(lua_State *L, nskl_plain *call, nsk_outcome outcome);

  /* May be NULL: after a success that had to wait, whether its caller has the results. */
  void (*end)(nskl_plain *call, bool delivered);
} nskl_method;

/* A call: what nskl_plain_run needs, and what the method keeps for itself. */
struct nskl_plain {
  const nskl_method *method;
  nskl_state *state;
  nskl_socket *socket;   /* at index 1; NULL: a descriptor, for which no call waits */
  const nsk_addr *about; /* what its errors name, or NULL */
  int flags;
  bool waits;    /* it is in an operation, whose slot has still to end */
  int64_t began; /* on a blocking socket, else 0 */

  void *object;          /* the message or the iovec */
  size_t size;           /* what is asked for */
  size_t offset;         /* where in the iovec that begins */
  size_t n;              /* what was moved */
  int64_t bytes, at;     /* of a file */
  int64_t sent;          /* so much of it */
  int fd;                /* the descriptor that came */
  int ai_at;             /* the stack's index of the address that comes, 0: none */
  bool done_before;      /* what is done once, before the first try */
  bool all;              /* it blocks until all has gone */
  nsk_connect_wait wait; /* a connect that blocks */
};

/* Tries, and waits where that is called for: the results of the calling function. */
int nskl_plain_run(lua_State *L, nskl_plain *call);

/* The same after a first try. */
int nskl_plain_after(lua_State *L, nskl_plain *call, nsk_outcome outcome);

/* When a call begins, for its `began`. */
static inline int64_t nskl_plain_begins(const nsk_socket *s) {
  return nsk_socket_blocking(s) ? nsk_now() : 0;
}

/* An `end`: a descriptor that came and that its caller has not got is closed. */
void nskl_plain_close_fd(nskl_plain *call, bool delivered);

nsk_outcome nskl_plain_step(lua_State *L, nskl_operation *operation, nsk_error *error);
int nskl_plain_finish(lua_State *L, nskl_operation *operation, nsk_outcome outcome);
void nskl_plain_drop(nskl_operation *operation, bool delivered);

typedef struct {
  nskl_plain call;
  nsk_timed timed;
  bool by_system; /* the time is the socket's own, whose end is no error */
  bool done;
} nskl_plain_part;

/* A method by its name in waits.def; further fields may follow. */
#define NSKL_METHOD(NAME, ATTEMPT, RESULTS, ...)                                       \
  {                                                                                    \
    .work = NSKL_WORK(#NAME, sizeof(nskl_plain_part), nskl_plain_step,                 \
                      nskl_plain_finish, nskl_plain_drop),                             \
    .need = nskl_waits_##NAME, .attempt = (ATTEMPT), .results = (RESULTS), __VA_ARGS__ \
  }

#endif
