/* The one way out of the GIL, for whatever may block or copy much. */
#ifndef NSKP_LOCK_H
#define NSKP_LOCK_H

#include "socket.h"

/* Brackets a call without the GIL on a socket that is not closed: `view` is the copy to
   use, which has nothing pending. nskp_leave is false when the socket was closed
   meanwhile. For what is not called by nskp_outside. */
size_t nskp_inside(nskp_socket *self);  /* how many calls are inside */
bool nskp_is_ending(nskp_socket *self); /* whether its functions run or have run */
void nskp_enter(nskp_socket *self, nsk_socket *view);
bool nskp_leave(nskp_socket *self, const nsk_socket *view);

/* The end of what is beside the socket. Gives back the descriptor, to be closed, or -1: a
   loop in another thread closes it when it has forgotten it. What calls without the GIL
   still use stays until the last of them leaves, which calls it again. */
int nskp_give_up(nskp_socket *sock, int fd);

/* Has signals->closing wake a wait when the socket closes, in families where shutdown(2)
   does not. NSK_INTERRUPTED: raised, no memory. EMFILE, ENFILE. */
nsk_outcome nskp_await_closing(nskp_socket *sock, nsk_signals *signals, nsk_error *error);

/* What a call does: `s` is its socket or, without the GIL, a copy of it that has nothing
   pending; `more` are flags to add. No object of Python may be touched. */
typedef nsk_outcome nskp_body(nsk_socket *s, void *call, int more, nsk_error *error);

/* The kernel's copying of so much takes longer than giving the GIL away and back, and a
   message of this length would hardly fit at the first try. */
enum { NSKP_LARGE = 65536 };

/* What is longer is received where it stays, and not copied. */
enum { NSKP_SHORT = 16384 };

/* Whether the arguments are a number alone, of so many bytes. What is no such number the
   general way refuses in its own words. */
static inline bool nskp_is_short(PyObject *const *args, Py_ssize_t nargs, size_t *size) {
  if (nargs != 1 || !PyLong_CheckExact(args[0])) return false;
  Py_ssize_t asked = PyLong_AsSsize_t(args[0]);
  *size = (size_t)asked;
  if (asked > 0 && *size <= NSKP_SHORT) return true;
  PyErr_Clear(); /* too large for Py_ssize_t */
  return false;
}

/* The first n bytes of the state's scratch are pending, since there is no object that
   has them; NULL. */
PyObject *nskp_put_back(nskp_socket *self, size_t n);

/* How a call is made. */
typedef struct {
  const char *op;        /* what its error names, when the socket is closed meanwhile */
  const nsk_addr *about; /* an address that the error of its time names, or NULL */
  nskp_body *body;
  void *call;
  nsk_signals *signals; /* held until the body's wait; NULL: it waits in another way */
  const size_t *moved;  /* how much it has moved; NULL: it moves nothing */
  bool cheap;           /* worth a try under the GIL */
  bool tried;           /* that has been made, and said again */
  bool waits;           /* made without the GIL when the try says again */
  bool polled; /* never blocks in the kernel: a blocking socket's is waited for */
} nskp_work;

/* plain.c: makes the call. A try under the GIL comes first where that is cheap, or where
   what is pending answers. Whatever goes on runs without the GIL and is repeated when it
   was interrupted and no signal handler raised (NSK_INTERRUPTED: one did). EBADF: the
   socket was closed meanwhile, and nothing was moved. */
nsk_outcome nskp_call(nskp_socket *self, const nskp_work *work, nsk_error *error);

/* lock.c: the part without the GIL alone. */
nsk_outcome nskp_outside(nskp_socket *self, const nskp_work *work, nsk_error *error);

/* plain.c: what a plain call goes on with: `tried` is NSK_AGAIN after a try that said so,
   and NSK_INTERRUPTED when there was none, or a signal came. */
nsk_outcome nskp_plain_on(nskp_socket *self, const nskp_work *work, nsk_need need,
                          int flags, nsk_outcome tried, nsk_error *error);

/* A plain call, whose body gives up what it cannot do at once when it is told to: the
   kernel waits for it on a blocking socket, and the library where the socket has a
   timeout. A signal starts neither time anew. `need` is what it waits for, `flags` are
   the caller's; `waits` is not asked. NSK_TIMEOUT: nothing was moved in the socket's
   time. The first try is made here, so that the body is inlined. */
static inline nsk_outcome nskp_plain(nskp_socket *self, const nskp_work *work,
                                     nsk_need need, int flags, nsk_error *error) {
  nsk_outcome outcome = work->tried ? NSK_AGAIN : NSK_INTERRUPTED;
  if (need == NSK_READ && self->s.held) nskp_end_stranded(self, false);
  if (work->cheap) {
    outcome = work->body(&self->s, work->call, nsk_dontwait, error);
    if (outcome != NSK_AGAIN && outcome != NSK_INTERRUPTED) return outcome;
  }
  return nskp_plain_on(self, work, need, flags, outcome, error);
}

/* Whether such a call waits where the first try said again, and whether the kernel does
   that. */
bool nskp_waits(const nskp_socket *self, int flags);
bool nskp_blocks(const nskp_socket *self, int flags);

/* Whether a send takes all bytes: the blocking one of a stream does. */
bool nskp_takes_all(const nskp_socket *self, int flags);

/* lock.c: outside for what has no socket: an operation with descriptors of its own. */
nsk_outcome nskp_unlocked(nskp_body *body, void *call, nsk_signals *signals,
                          nsk_error *error);

/* One wait. NSK_INTERRUPTED: PyErr_CheckSignals is due; the caller calls it after every
   wait. */
nsk_outcome nskp_wait(nsk_interest *interest, nsk_error *error);

/* A body for calls that are stepped: goes on, and waits for what the step wants. */
typedef struct {
  nsk_outcome (*step)(nsk_socket *s, void *operation, nsk_interest *interest,
                      nsk_error *error);
  void *operation;
  nsk_signals signals; /* the work's */
} nskp_steps;
nsk_outcome nskp_step_and_wait(nsk_socket *s, void *steps, int more, nsk_error *error);

#endif
