/* The life of a socket object: made, accepted, duplicated, closed, collected. */
#include "socket.h"

#include <limits.h>
#include <stddef.h>

#include "args.h"
#include "error.h"
#include "leaving.h"
#include "lock.h"
#include "objects.h"
#include "registration.h"

nskp_socket *nskp_make_socket(nskp_state *state) {
  nskp_socket *made = (nskp_socket *)PyType_GenericAlloc(state->socket_type, 0);
  if (made == NULL) return NULL;
  nsk_socket_init(&made->s);
  made->leaving = -1;
  return made;
}

/* ------------------------------------------------------- new connections -- */

/* The connection that a listener gives goes to memory of this thread alone until the
   GIL is back. */
typedef struct {
  nsk_socket *got;
  nsk_addr *peer;
  size_t moved;
} taking;

static nsk_outcome take(nsk_socket *s, void *call, int more, nsk_error *error) {
  taking *t = call;
  (void)more; /* it never blocks */
  nsk_outcome outcome = nsk_socket_accept(s, t->got, t->peer, error);
  t->moved = outcome == NSK_DONE;
  return outcome;
}

/* Raises unless NSK_DONE. */
static nsk_outcome take_connection(nskp_socket *self, const char *op, nsk_socket *got,
                                   nsk_addr *peer) {
  nsk_error error;
  taking t = {got, peer, 0};
  const nskp_work work = {.op = op,
                          .body = take,
                          .call = &t,
                          .moved = &t.moved,
                          .cheap = true,
                          .polled = true};
  nsk_socket_init(got);
  nsk_outcome outcome;
  do
    outcome = nskp_plain(self, &work, NSK_READ, 0, &error);
  while (nskp_reclaim(nskp_state_of((PyObject *)self), outcome, &error));
  if (outcome != NSK_DONE) nskp_raise_outcome(op, outcome, &error);
  return outcome;
}

static PyObject *accept_plain(nskp_socket *self, nskp_state *state) {
  nsk_socket got;
  nskp_socket *made = nskp_make_socket(state);
  if (made == NULL) return NULL;
  if (take_connection(self, "accept", &got, NULL) == NSK_DONE)
    made->s = got;
  else
    Py_CLEAR(made);
  return (PyObject *)made;
}

static PyObject *accept_with_address(nskp_socket *self, nskp_state *state) {
  nsk_socket got;
  nsk_addr peer;
  nskp_socket *made = nskp_make_socket(state);
  nskp_addrinfo *ai = nskp_make_addrinfo(state);
  PyObject *both = made != NULL && ai != NULL ? PyTuple_Pack(2, made, ai) : NULL;
  if (both != NULL && take_connection(self, "accept", &got, &peer) == NSK_DONE) {
    made->s = got;
    ai->info = (nsk_addrinfo){peer, got.type, got.protocol};
  } else {
    Py_CLEAR(both);
  }
  Py_XDECREF((PyObject *)made);
  Py_XDECREF((PyObject *)ai);
  return both;
}

PyObject *nskp_socket_accept(NSKP_KEY) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_state *state = nskp_state_of(self);
  nskp_args a;
  bool with_ai = false;
  if (!nskp_bind(&a, &nskp_row_socket_accept, args, nargs, kwnames) ||
      !nskp_get_bool(&a, 0, &with_ai))
    return NULL;
  return with_ai ? accept_with_address(sock, state) : accept_plain(sock, state);
}

PyObject *nskp_socket_acceptfd(NSKP_POS) {
  nsk_socket got;
  nsk_error ignored;
  if (!nskp_bind_none(&nskp_row_socket_acceptfd, nargs)) return NULL;
  PyObject *number = PyLong_FromLong(INT_MAX);
  if (number == NULL) return NULL;
  if (take_connection((nskp_socket *)self, "acceptfd", &got, NULL) != NSK_DONE) {
    Py_DECREF(number);
    return NULL;
  }
  number = nskp_count(number, INT_MAX, (size_t)got.fd);
  if (number == NULL) nsk_socket_close(&got, &ignored);
  return number;
}

nskp_socket *nskp_duplicate(nskp_socket *sock, const nskp_row *row) {
  nsk_error error;
  nskp_state *state = nskp_state_of((PyObject *)sock);
  nskp_socket *made = nskp_make_socket(state);
  if (made == NULL) return NULL;
  nsk_outcome outcome;
  do
    outcome = nsk_socket_dup(&sock->s, &made->s, &error);
  while (nskp_reclaim(state, outcome, &error));
  if (outcome == NSK_DONE) return made;
  Py_DECREF(made);
  nskp_raise(row, outcome, &error);
  return NULL;
}

PyObject *nskp_socket_dup(NSKP_POS) {
  const nskp_row *row = &nskp_row_socket_dup;
  if (!nskp_bind_none(row, nargs)) return NULL;
  return (PyObject *)nskp_duplicate((nskp_socket *)self, row);
}

/* --------------------------------------------------------------- the end -- */

/* Where calls are inside, they are woken by shutting the connection down, and the
   last of them closes the descriptor; a loop that runs in another thread is not, since a
   listener may be shared. Closing may wait as long as SO_LINGER says. */
static nsk_outcome end(nskp_socket *self, const int64_t *how, nsk_error *error) {
  nsk_error later;
  nsk_outcome first = NSK_DONE;
  if (nskp_is_ending(self)) return NSK_DONE;
  if (self->s.fd >= 0) nskp_run_gcfns(self);
  nsk_socket gone = self->s;
  if (gone.fd < 0) return NSK_DONE;
  self->s.fd = -1;
  self->s.side = NULL;
  self->s.held = false;
  if (how != NULL) first = nsk_fd_shutdown(gone.fd, *how, error);
  self->leaving = gone.fd; /* a child that is made while the loops forget it finds it */
  nskp_leave_loops(self);
  if (nskp_inside(self) > 0) {
    nsk_fd_shutdown(gone.fd, nsk_shut_both, &later);
    nskp_tell_closing(self);
    gone.fd = -1;
  } else {
    gone.fd = nskp_give_up(self, self->leaving);
    self->leaving = -1;
  }
  nsk_outcome second = nskp_close(&gone, first == NSK_DONE ? error : &later);
  return first == NSK_DONE ? second : first;
}

static PyObject *truth(const nskp_row *row, nsk_outcome outcome, const nsk_error *error) {
  if (outcome != NSK_DONE) return nskp_raise(row, outcome, error);
  Py_RETURN_TRUE;
}

PyObject *nskp_socket_close(NSKP_KEY) {
  nskp_args a;
  int64_t how;
  nsk_error error;
  if (!nskp_bind(&a, &nskp_row_socket_close, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 0, &how))
    return NULL;
  return truth(a.row, end((nskp_socket *)self, a.value[0] != NULL ? &how : NULL, &error),
               &error);
}

PyObject *nskp_socket_shutdown(NSKP_KEY) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  int64_t how = nsk_shut_both;
  nsk_error error;
  if (!nskp_bind(&a, &nskp_row_socket_shutdown, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 0, &how))
    return NULL;
  return truth(a.row, nsk_socket_shutdown(&sock->s, how, &error), &error);
}

PyObject *nskp_release(nskp_socket *sock, const nskp_row *row) {
  nsk_error error;
  nskp_end_stranded(sock, false);
  if (nskp_is_ending(sock)) return nskp_raise_closed(row->name);
  if (nsk_socket_may_release(&sock->s, &error) != NSK_DONE)
    return nskp_raise(row, NSK_FAILED, &error);
  PyObject *number = PyLong_FromLong(sock->s.fd);
  if (number == NULL) return NULL;
  if (sock->s.fd >= 0) nskp_run_gcfns(sock);
  nskp_leave_loops(sock);
  return nskp_give_away(sock, row, number);
}

PyObject *nskp_socket_unwrap(NSKP_POS) {
  const nskp_row *row = &nskp_row_socket_unwrap;
  return nskp_bind_none(row, nargs) ? nskp_release((nskp_socket *)self, row) : NULL;
}

PyObject *nskp_module_shutdown(NSKP_KEY) {
  nskp_args a;
  int64_t fd, how = nsk_shut_both;
  nsk_error error;
  if (!nskp_bind(&a, &nskp_row_module_shutdown, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 0, &fd) || !nskp_get_integer(&a, 1, &how))
    return NULL;
  return truth(a.row, nsk_fd_shutdown(fd, how, &error), &error);
}

PyObject *nskp_module_close(NSKP_KEY) {
  nskp_args a;
  int64_t fd, how;
  nsk_error error;
  if (!nskp_bind(&a, &nskp_row_module_close, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 0, &fd) || !nskp_get_integer(&a, 1, &how))
    return NULL;
  bool plain = a.value[1] == NULL;
  PyThreadState *thread = PyEval_SaveThread();
  nsk_outcome outcome =
      plain ? nsk_fd_close(fd, &error) : nsk_fd_close_how(fd, how, &error);
  PyEval_RestoreThread(thread);
  return truth(a.row, outcome, &error);
}

/* -------------------------------------------------------------- the type -- */

static PyObject *socket_repr(PyObject *self) {
  char text[512];
  size_t length = nsk_socket_text(&((nskp_socket *)self)->s, text, sizeof text);
  PyObject *shown = PyUnicode_DecodeUTF8(text, (Py_ssize_t)length, "backslashreplace");
  if (shown == NULL) return NULL;
  PyObject *made = PyUnicode_FromFormat("<netsocket.Socket %U>", shown);
  Py_DECREF(shown);
  return made;
}

PyObject *nskp_socket_dunder_enter(PyObject *self, PyObject *nothing) {
  (void)nothing;
  Py_INCREF(self);
  return self;
}

PyObject *nskp_socket_dunder_exit(PyObject *self, PyObject *exception) {
  nsk_error error;
  (void)exception;
  nsk_outcome outcome = end((nskp_socket *)self, NULL, &error);
  if (outcome != NSK_DONE) return nskp_raise(&nskp_row_socket_close, outcome, &error);
  Py_RETURN_NONE;
}

/* A socket that is collected open is closed, with a warning: it was forgotten. */
static void socket_finalize(PyObject *self) {
  nsk_error ignored;
  if (((nskp_socket *)self)->s.fd < 0) {
    nskp_inside((nskp_socket *)self);
    return;
  }
  nskp_exception held = nskp_exception_take();
  if (PyErr_ResourceWarning(self, 1, "unclosed %R", self) < 0) {
    /* With -W error the warning is an exception; no caller is there to see it. */
    if (PyErr_ExceptionMatches(PyExc_Warning))
      PyErr_WriteUnraisable(self);
    else
      PyErr_Clear();
  }
  end((nskp_socket *)self, NULL, &ignored);
  nskp_exception_return(held);
}

static int socket_traverse(PyObject *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  return nskp_extra_traverse((nskp_socket *)self, visit, arg);
}

/* The finalizer has closed it by then, and left nothing. */
static int socket_clear(PyObject *self) {
  (void)self;
  return 0;
}

static PyMemberDef socket_members[] = {
    {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(nskp_socket, weakrefs), Py_READONLY,
     NULL},
    {NULL, 0, 0, 0, NULL}};

/* Where a pair is wanted: CPython's accept() gives one, on which asyncio's sock_accept
   relies. */
static PyObject *iter(PyObject *self) {
  (void)self;
  PyErr_SetString(PyExc_TypeError,
                  "netsocket.Socket is no pair: accept(with_ai=True) gives one; in place "
                  "of asyncio's sock_accept there is netsocket.aio.accept");
  return NULL;
}

/* There is no tp_dealloc: the inherited one of heap types calls the finalizer, clears
   the weak references and releases the type. */
static PyType_Slot socket_slots[] = {
    {Py_tp_doc,
     "A socket. Calls that would block raise BlockingIOError.\n\n"
     "It has no subclasses: it owns a descriptor, and there must be no doubt who\n"
     "closes it. An object of your own has it as an attribute."},
    {Py_tp_repr, socket_repr},
    {Py_tp_iter, iter},
    {Py_tp_finalize, socket_finalize},
    {Py_tp_traverse, socket_traverse},
    {Py_tp_clear, socket_clear},
    {Py_tp_members, socket_members},
    {Py_tp_methods, nskp_socket_methods},
    {0, NULL}};

PyType_Spec nskp_socket_spec =
    NSKP_GC_TYPE("netsocket.Socket", nskp_socket, socket_slots);
