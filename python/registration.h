/* Descriptors in a loop of asyncio. */
#ifndef NSKP_REGISTRATION_H
#define NSKP_REGISTRATION_H

#include "socket.h"

typedef struct nskp_coroutine nskp_coroutine;

typedef enum {
  NSKP_NO_WAIT,
  NSKP_WAITING,
  NSKP_READY,    /* the loop says so */
  NSKP_TIMED,    /* its time has come */
  NSKP_FORGOTTEN /* its descriptor goes */
} nskp_wait_state;

/* One direction of one descriptor in one loop, which calls it: without an argument when
   the descriptor is ready. To the task that waits it is the future. The loop has it for
   longer than a wait lasts, so that the next one costs nothing; it keeps no socket. */
typedef struct {
  PyObject_HEAD PyObject *loop; /* NULL: forgotten */
  PyObject *timer;              /* the one that looks at `until`, or NULL */
  PyObject *wakeup, *context;   /* of the task */
  PyObject *cancelled;          /* the arguments of a CancelledError that is due */
  nskp_coroutine *waiter;       /* NULL: nothing waits */
  nskp_hold *hold;              /* the descriptor, until the loop has forgotten it */
  int64_t until, timer_at;
  int fd;              /* what the loop looks at */
  unsigned generation; /* of the process that told the loop */
  nskp_wait_state wait;
  bool writing;
  bool watched;  /* the loop looks at it */
  bool passing;  /* until the end of the wait only: it is no socket's own */
  bool doubtful; /* the loop may have been told of the number by others */
  bool blocking; /* of the protocol between futures and tasks */
} nskp_registration;

extern PyType_Spec nskp_registration_spec;

/* The running loop of asyncio; NULL: raised, there is none. */
PyObject *nskp_running_loop(nskp_state *state);

/* For what has no socket. */
nskp_registration *nskp_register(nskp_state *state, PyObject *loop);

/* Has the loop forget it, and wakes who waits. A loop that runs in another thread is
   asked to, and owns the descriptor until then; extra NULL: no other thread can come
   here. */
void nskp_forget(nskp_registration *r, nskp_extra *extra);

/* registered.c: a socket's, which lasts until the socket goes. What it had in another
   loop, or in the process that forked this one, is left, for which code of the loop runs:
   a call is inside. NULL: raised. */
nskp_registration *nskp_registration_of(nskp_socket *sock, PyObject *loop, bool writing);

/* Has the loops forget the socket; who waits is woken. No exception comes out. The loop's
   code runs, and other threads: the caller counts as a call that is inside, so that none
   of them takes down what is beside the socket. */
void nskp_leave_loops(nskp_socket *sock);

/* The number is about to be known outside, where the loop may be given it. */
void nskp_doubt(nskp_socket *sock);

/* Whether a loop has been told of it. */
bool nskp_is_in_a_loop(const nskp_socket *sock);

/* The coroutine that waits for this, or NULL. */
nskp_coroutine *nskp_waiter(const nskp_socket *sock, bool writing);

/* registration.c */
bool nskp_loop_says(PyObject *loop, const char *method);

/* Begins a wait of `waiter`, whose task gets `r` and calls its methods. A descriptor of
   -1 waits for the time alone; unless it `lasts` it is forgotten with the wait. The
   descriptor may be forgotten meanwhile, but not closed: a call is inside. False: raised.
 */
bool nskp_wait_begin(nskp_registration *r, nskp_coroutine *waiter,
                     const nsk_interest *interest, bool lasts);

/* It is over. */
void nskp_wait_end(nskp_registration *r);

/* Has the loop forget a descriptor that was for one wait. */
void nskp_pass(nskp_registration *r);

/* future.c: has the task of a wait go on: at once, or in the loop's next turn. NULL: it
   has raised what the loop is to hear of. */
PyObject *nskp_wake(nskp_registration *r, nskp_wait_state how, bool at_once);

extern PyMethodDef nskp_future_methods[];
extern PyGetSetDef nskp_future_attributes[];

#endif
