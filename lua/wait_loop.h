/*
 * A call that may have to wait: connect, sendall, acceptwait, select, recvable.
 *
 * Each is stepped as the core's operations are, and one loop waits for all of them,
 * through the poller or in place. A poller may yield, so the call may go on in another C
 * function than the one that began it, or end in none: what it holds is in an operation,
 * and the operation in a to-be-closed slot of the call's stack.
 */
#ifndef NSKL_WAIT_LOOP_H
#define NSKL_WAIT_LOOP_H

#include <stddef.h>

#include "adapter.h"

/* What is particular to one kind of call. */
typedef struct {
  const char *name; /* the system call, for the errors of waiting */
  size_t size;      /* of the kind's own part of an operation */

  /* Goes on without waiting. NSK_AGAIN fills operation->interest. */
  nsk_outcome (*step)(lua_State *L, nskl_operation *operation, nsk_error *error);

  /* Pushes the results and says how many. The error is the spare one. */
  int (*finish)(lua_State *L, nskl_operation *operation, nsk_outcome outcome);

  /* The rest may be NULL. */

  /* Frees what the kind's own part holds, if it holds something; delivered: the caller
     has the results. */
  void (*drop)(nskl_operation *operation, bool delivered);

  /* Whether it waits for this socket through a descriptor of its own. */
  bool (*watches)(const nskl_operation *operation, const nskl_socket *socket);
} nskl_work;

/* Further fields may follow. */
#define NSKL_WORK(NAME, SIZE, STEP, FINISH, DROP, ...)                                  \
  {                                                                                     \
    .name = (NAME), .size = (SIZE), .step = (STEP), .finish = (FINISH), .drop = (DROP), \
    __VA_ARGS__                                                                         \
  }

/* Its memory is not Lua's, so that the sentinel can end it whatever became of the
   userdata that points to it. */
struct nskl_operation {
  nskl_operation *next;
  nskl_operation **link; /* what points to this one */
  const nskl_work *work;
  nskl_state *state;
  nskl_socket *socket; /* whose descriptor is waited for; NULL: one of its own */
  nsk_interest interest;
  bool by_poller;    /* the poller was usable when it began */
  bool stepped;      /* what it wants is known: wait first */
  bool waiting;      /* inside the poller */
  bool lasts;        /* which is told before the descriptor is closed */
  bool known;        /* and has waited for it before, in this process */
  uint8_t direction; /* of the socket, for which it does */
  unsigned maker;    /* the generation of processes in which it began to wait */
  bool cancelled;    /* that a socket it waits for goes */
  bool finished;     /* the results of a success are there */
  max_align_t part[];
};

static inline void *nskl_part(const nskl_operation *operation) {
  return (void *)operation->part;
}

/* Pushes a new operation into a to-be-closed slot, its own part all zero. socket may be
   NULL; it is at index 1 when it is not, and user value 1 keeps it. User value 2 is for
   another object of Lua that the drop touches. Raises a memory error. */
nskl_operation *nskl_new_operation(lua_State *L, nskl_state *st, const nskl_work *work,
                                   nskl_socket *socket);

/* Asks for a name in a step of an operation: by the lookup, which has been started, or in
   place where no poller is usable. The error is the spare one, since a finalizer may take
   the step's. */
nsk_outcome nskl_look_up(lua_State *L, nskl_operation *operation, nsk_lookup *lookup,
                         nsk_list *list);

/* True, with EBUSY as the spare error, when another coroutine waits for the socket in
   the same direction. Most schedulers would forget one of the two, and of two that are in
   the middle of a message each would get a part of the other's. One that was dropped
   holds no place, for which a collection may run: finalizers may have closed the socket.
 */
bool nskl_refused(lua_State *L, nskl_socket *socket, nsk_need need, const char *op);

/* Ends an operation and frees it; the sentinel does that to those left over. */
void nskl_free_operation(nskl_operation *operation);

/* Has the poller wake what waits for the socket, which is about to lose its
   descriptor. */
void nskl_wake_waiters(lua_State *L, nskl_socket *self);

/* Fills the metatable of operations, on top of the stack, and pops it. */
void nskl_open_operation(lua_State *L);

/* Steps and waits until the operation on top of the stack has ended: the results of the
   calling function. */
int nskl_run(lua_State *L);

#endif
