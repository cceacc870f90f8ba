/* The coroutines of netsocket.aio: a call of the core that is stepped by a task. */
#ifndef NSKP_COROUTINE_H
#define NSKP_COROUTINE_H

#include "registration.h"

/* What is particular to one kind of call. All run with the GIL and never wait. */
typedef struct {
  bool opens;   /* its errors name the step that failed, others the call */
  bool writing; /* which direction of its socket it waits for */
  size_t size;  /* of the kind's own part of a coroutine */

  /* Before the first step; NULL: nothing. Not NSK_DONE: the call fails. */
  nsk_outcome (*begin)(nskp_coroutine *c, nsk_error *error);

  /* Goes on. NSK_AGAIN fills *interest; NSK_INTERRUPTED: the loop's turn. */
  nsk_outcome (*step)(nskp_coroutine *c, nsk_interest *interest, nsk_error *error);

  /* What NSK_DONE or NSK_END comes to; NULL: raised. */
  PyObject *(*result)(nskp_coroutine *c, nsk_outcome outcome);

  /* Adds to the exception that is being raised; NULL: nothing. */
  void (*annotate)(nskp_coroutine *c);

  /* How many bytes it has moved; NULL: it moves none. */
  size_t (*moved)(nskp_coroutine *c);

  /* What its own part references; NULL: nothing. */
  int (*traverse)(nskp_coroutine *c, visitproc visit, void *arg);

  /* Ends it, however it was left; NULL: nothing. Called once. */
  void (*end)(nskp_coroutine *c);
} nskp_kind;

/* It anchors what the call uses. */
struct nskp_coroutine {
  PyObject_VAR_HEAD const nskp_kind *kind;
  nskp_state *state; /* of the module, which its type holds */
  const char *name;  /* "recvline" */
  nskp_socket *sock; /* NULL: the call waits for descriptors of its own */
  PyObject *made;    /* the result, where it has to exist before the call */
  PyObject *loop;    /* in which it began */
  nskp_registration *waits_for;
  nsk_deadline deadline;
  bool begun;    /* it has been awaited */
  bool had_turn; /* and its kind has begun */
  bool running;  /* a step is under way */
  bool ended;    /* nothing is left */
  max_align_t part[];
};

static inline void *nskp_part(nskp_coroutine *c) {
  return (void *)c->part;
}

/* A new one, its own part all zero. sock may be NULL. */
nskp_coroutine *nskp_coroutine_new(nskp_state *state, const nskp_kind *kind,
                                   const nskp_row *row, nskp_socket *sock);

/* Gives up one that was never handed out; NULL. The exception that is being raised stays.
 */
PyObject *nskp_coroutine_drop(nskp_coroutine *c);

/* The result of a kind whose result was made before. */
PyObject *nskp_coroutine_take_made(nskp_coroutine *c, nsk_outcome outcome);

/* stop.c: a StopIteration made ahead, and given back where there is no result yet. */
PyObject *nskp_take_stop(nskp_state *state);
void nskp_give_stop(nskp_state *state, PyObject *stop);

/* Takes both references; NULL. */
PyObject *nskp_raise_result(PyObject *stop, PyObject *result);

extern PyType_Spec nskp_coroutine_spec;

#endif
