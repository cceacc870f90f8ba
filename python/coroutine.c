/* A call of netsocket.aio as a coroutine: it steps an operation of the core, and gives
   its task a registration to wait for when the step says again. */
#include "coroutine.h"

#include <stddef.h>

#include "error.h"
#include "lock.h"

static nskp_coroutine *coroutine_of(PyObject *self) {
  return (nskp_coroutine *)self;
}

nskp_coroutine *nskp_coroutine_new(nskp_state *state, const nskp_kind *kind,
                                   const nskp_row *row, nskp_socket *sock) {
  nskp_coroutine *made = (nskp_coroutine *)PyType_GenericAlloc(state->coroutine_type,
                                                               (Py_ssize_t)kind->size);
  if (made == NULL) return NULL;
  Py_XINCREF((PyObject *)sock);
  made->kind = kind;
  made->state = state;
  made->name = row->name;
  made->sock = sock;
  return made;
}

/* --------------------------------------------------------------------- the end -- */

static void leave_wait(nskp_coroutine *c) {
  nskp_registration *r = c->waits_for;
  if (r == NULL) return;
  c->waits_for = NULL;
  if (r->waiter == c) nskp_wait_end(r);
  if (c->sock == NULL) nskp_forget(r, NULL);
  Py_DECREF((PyObject *)r);
}

/* Its task goes on soon where something else ends it, and hears so. */
static void wake_task(nskp_coroutine *c) {
  nskp_registration *r = c->waits_for;
  if (r == NULL || r->waiter != c || r->wakeup == NULL || r->loop == NULL) return;
  Py_XDECREF(nskp_wake(r, NSKP_FORGOTTEN, false));
  PyErr_Clear(); /* the loop has closed */
}

/* Once; the exception that is on its way stays. */
static void end(nskp_coroutine *c) {
  if (c->ended) return;
  c->ended = true;
  nskp_exception held = nskp_exception_take();
  wake_task(c);
  leave_wait(c);
  if (c->kind->end != NULL) c->kind->end(c);
  Py_CLEAR(c->made);
  Py_CLEAR(c->loop);
  Py_CLEAR(c->sock);
  nskp_exception_return(held);
}

/* The task of a closed loop never goes on, however long it is referenced. */
bool nskp_end_stranded(nskp_socket *sock, bool writing) {
  nskp_coroutine *c = nskp_waiter(sock, writing);
  if (c == NULL || c->running) return false;
  PyObject *loop = c->loop;
  Py_INCREF((PyObject *)c);
  Py_INCREF(loop);
  bool stranded = nskp_loop_says(loop, "is_closed") && !c->running;
  if (stranded) end(c);
  Py_DECREF(loop);
  Py_DECREF((PyObject *)c);
  return stranded;
}

/* What is no longer referenced is collected first, at most once a second. */
static bool is_awaited(nskp_socket *sock, bool writing) {
  nskp_end_stranded(sock, writing);
  if (nskp_waiter(sock, writing) == NULL) return false;
  if (!nskp_collect(nskp_state_of((PyObject *)sock))) return true;
  return nskp_waiter(sock, writing) != NULL;
}

PyObject *nskp_coroutine_drop(nskp_coroutine *c) {
  c->begun = true; /* it could not have been awaited */
  Py_DECREF((PyObject *)c);
  return NULL;
}

PyObject *nskp_coroutine_take_made(nskp_coroutine *c, nsk_outcome outcome) {
  (void)outcome;
  Py_INCREF(c->made);
  return c->made;
}

/* ------------------------------------------------------------------------ steps -- */

typedef enum { FAILED = -1, RETURNED, YIELDED } progress;

/* Asking for it costs a system call before CPython 3.12. */
static bool has_loop(nskp_coroutine *c) {
  if (c->loop == NULL) c->loop = nskp_running_loop(c->state);
  return c->loop != NULL;
}

static progress give_turn(nskp_coroutine *c, PyObject **result) {
  if (!has_loop(c)) return FAILED;
  Py_INCREF(Py_None);
  *result = Py_None;
  return YIELDED;
}

/* A task whose calls never have to wait would keep the loop: after so much without a wait
   the loop has its turn. A call counts one, and one more for so many bytes. */
enum { TURN = 64, BYTES = 16384 };

static bool turn_is_over(nskp_state *state) {
  if (state->turn < TURN) return false;
  state->turn = 0;
  return true;
}

static size_t moved(nskp_coroutine *c) {
  return c->kind->moved != NULL ? c->kind->moved(c) : 0;
}

static progress fail_call(nskp_coroutine *c, nsk_outcome outcome,
                          const nsk_error *error) {
  nskp_raise_outcome(c->kind->opens ? error->op : c->name, outcome, error);
  if (c->kind->annotate != NULL) c->kind->annotate(c);
  return FAILED;
}

static progress refuse(nskp_coroutine *c) {
  nsk_error error;
  nsk_outcome outcome = nsk_error_because(&error, c->name, NSK_AWAITED, NULL);
  return fail_call(c, outcome, &error);
}

/* A socket's registration is what keeps others from waiting for it, whatever descriptor
   tells of it. NULL: raised. */
static nskp_registration *take_place(nskp_coroutine *c) {
  if (!has_loop(c)) return NULL;
  nskp_registration *r = c->sock != NULL
                             ? nskp_registration_of(c->sock, c->loop, c->kind->writing)
                             : nskp_register(c->state, c->loop);
  if (r != NULL) c->waits_for = r;
  return r;
}

/* The loop has its turn in the middle of a call, whose place stays its own. */
static progress give_turn_inside(nskp_coroutine *c, PyObject **result) {
  nskp_registration *r = c->sock != NULL ? take_place(c) : NULL;
  if (c->sock != NULL && r == NULL) return FAILED;
  if (r != NULL && r->waiter == NULL) r->waiter = c;
  return give_turn(c, result);
}

static progress wait_for(nskp_coroutine *c, const nsk_interest *interest,
                         PyObject **result) {
  nskp_registration *r = take_place(c);
  if (r == NULL) return FAILED;
  if (r->waiter != NULL) return refuse(c);
  if (r->loop == NULL)
    return give_turn(c, result); /* the next step says that it is closed */
  bool lasts = c->sock != NULL && interest->fd == c->sock->s.fd;
  if (!nskp_wait_begin(r, c, interest, lasts)) return FAILED;
  Py_INCREF((PyObject *)r);
  *result = (PyObject *)r;
  return YIELDED;
}

/* The loop's code may close the socket, whose number stays until the loop has been told
   to forget it. */
static progress wait_inside(nskp_coroutine *c, const nsk_interest *interest,
                            PyObject **result) {
  nsk_socket view;
  c->state->turn = 0;
  if (c->sock == NULL) return wait_for(c, interest, result);
  nskp_enter(c->sock, &view);
  progress made = wait_for(c, interest, result);
  nskp_leave(c->sock, &view);
  return made;
}

/* NSK_AGAIN: *interest is that of one descriptor, or of none (-1) but a time. */
static nsk_outcome step_to_wait(nskp_coroutine *c, nsk_interest *interest,
                                nsk_error *error) {
  for (;;) {
    nsk_outcome outcome = c->kind->step(c, interest, error);
    if (outcome != NSK_AGAIN || interest->set == NULL) return outcome;
    if (interest->set->count == 0) {
      interest->fd = -1;
      return outcome;
    }
    do
      outcome = nsk_wait_by_one(interest, error);
    while (nskp_reclaim(c->state, outcome, error));
    if (outcome != NSK_DONE) return outcome;
  }
}

static progress step(nskp_coroutine *c, PyObject **result) {
  nsk_interest interest;
  nsk_error error;
  nsk_outcome outcome = step_to_wait(c, &interest, &error);
  if (outcome == NSK_AGAIN) return wait_inside(c, &interest, result);
  if (outcome == NSK_INTERRUPTED) {
    if (PyErr_Occurred()) return FAILED; /* a signal's handler has raised */
    c->state->turn = 0;
    return give_turn_inside(c, result);
  }
  if (outcome != NSK_DONE && outcome != NSK_END) return fail_call(c, outcome, &error);
  c->state->turn += 1 + (unsigned)(moved(c) / BYTES);
  *result = c->kind->result(c, outcome);
  return *result != NULL ? RETURNED : FAILED;
}

static progress begin(nskp_coroutine *c, PyObject **result) {
  nsk_error error;
  c->had_turn = true;
  nsk_outcome outcome = NSK_DONE;
  if (c->sock != NULL && is_awaited(c->sock, c->kind->writing)) return refuse(c);
  if (c->kind->begin != NULL) outcome = c->kind->begin(c, &error);
  return outcome == NSK_DONE ? step(c, result) : fail_call(c, outcome, &error);
}

static progress start(nskp_coroutine *c, PyObject **result) {
  c->begun = true;
  bool known = c->sock != NULL && nskp_is_in_a_loop(c->sock);
  if (!known && !has_loop(c)) return FAILED; /* else when it has to wait */
  return turn_is_over(c->state) ? give_turn(c, result) : begin(c, result);
}

static progress resume(nskp_coroutine *c, PyObject **result) {
  const nskp_registration *r = c->waits_for;
  if (r != NULL && r->waiter == c && r->wait == NSKP_WAITING) {
    PyErr_SetString(PyExc_RuntimeError,
                    "resumed from elsewhere, before what it waits for");
    return FAILED;
  }
  leave_wait(c);
  return c->had_turn ? step(c, result) : begin(c, result);
}

static bool may_run(nskp_coroutine *c) {
  if (c->running)
    PyErr_SetString(PyExc_ValueError, "coroutine already executing");
  else if (c->ended)
    PyErr_SetString(PyExc_RuntimeError, "cannot reuse already awaited coroutine");
  return !c->running && !c->ended;
}

static progress go_on(nskp_coroutine *c, PyObject *value, PyObject **result) {
  *result = NULL;
  if (!may_run(c)) return FAILED;
  if (!c->begun && value != Py_None) {
    PyErr_SetString(PyExc_TypeError,
                    "can't send non-None value to a just-started coroutine");
    return FAILED;
  }
  c->running = true;
  progress made = c->begun ? resume(c, result) : start(c, result);
  c->running = false;
  if (made != YIELDED) end(c);
  return made;
}

/* ------------------------------------------------------ the coroutine's methods -- */

static PyObject *send_value(PyObject *self, PyObject *value) {
  PyObject *result, *stop = nskp_take_stop(coroutine_of(self)->state);
  if (stop == NULL) return NULL;
  progress made = go_on(coroutine_of(self), value, &result);
  if (made == RETURNED) return nskp_raise_result(stop, result);
  nskp_give_stop(coroutine_of(self)->state, stop);
  return result;
}

static PyObject *next(PyObject *self) {
  return send_value(self, Py_None);
}

#if NSKP_OLDEST >= 0x030A0000
static PySendResult send_fast(PyObject *self, PyObject *value, PyObject **result) {
  switch (go_on(coroutine_of(self), value, result)) {
    case RETURNED:
      return PYGEN_RETURN;
    case YIELDED:
      return PYGEN_NEXT;
    case FAILED:
      break;
  }
  return PYGEN_ERROR;
}
#endif

/* throw(exception), or (type[, value[, traceback]]) as before 3.12. */
static PyObject *throw_in(PyObject *self, PyObject *args) {
  PyObject *type, *value = NULL, *traceback = NULL;
  if (!PyArg_ParseTuple(args, "O|OO:throw", &type, &value, &traceback) ||
      !may_run(coroutine_of(self)))
    return NULL;
  coroutine_of(self)->begun = true;
  end(coroutine_of(self));
  if (PyExceptionInstance_Check(type)) {
    PyErr_SetObject((PyObject *)Py_TYPE(type), type);
  } else if (PyExceptionClass_Check(type)) {
    PyErr_SetObject(type, value);
  } else {
    PyErr_SetString(PyExc_TypeError, "exceptions must be classes or instances");
  }
  return NULL;
}

static PyObject *close_it(PyObject *self, PyObject *nothing) {
  (void)nothing;
  if (coroutine_of(self)->running) {
    may_run(coroutine_of(self));
    return NULL;
  }
  coroutine_of(self)->begun = true;
  end(coroutine_of(self));
  Py_RETURN_NONE;
}

static PyObject *await_it(PyObject *self) {
  if (!coroutine_of(self)->begun || coroutine_of(self)->ended) {
    Py_INCREF(self);
    return self;
  }
  PyErr_SetString(PyExc_RuntimeError, "coroutine is being awaited already");
  return NULL;
}

static PyObject *get_name(PyObject *self, void *nothing) {
  (void)nothing;
  return PyUnicode_FromString(coroutine_of(self)->name);
}

static PyObject *get_running(PyObject *self, void *nothing) {
  (void)nothing;
  return PyBool_FromLong(coroutine_of(self)->running);
}

static PyObject *repr(PyObject *self) {
  return PyUnicode_FromFormat("<coroutine netsocket.aio.%s at %p>",
                              coroutine_of(self)->name, (void *)self);
}

/* --------------------------------------------------------------------- the type -- */

static void finalize(PyObject *self) {
  if (coroutine_of(self)->ended) return;
  nskp_exception held = nskp_exception_take();
  if (!coroutine_of(self)->begun &&
      PyErr_WarnFormat(PyExc_RuntimeWarning, 1,
                       "coroutine 'netsocket.aio.%s' was never awaited",
                       coroutine_of(self)->name) < 0)
    PyErr_WriteUnraisable(self);
  leave_wait(coroutine_of(self)); /* its task goes too */
  end(coroutine_of(self));
  nskp_exception_return(held);
}

static int traverse(PyObject *self, visitproc visit, void *arg) {
  nskp_coroutine *c = coroutine_of(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT((PyObject *)c->sock);
  Py_VISIT(c->made);
  Py_VISIT(c->loop);
  Py_VISIT((PyObject *)c->waits_for);
  return c->kind->traverse != NULL ? c->kind->traverse(c, visit, arg) : 0;
}

static PyMethodDef methods[] = {{"send", send_value, METH_O, NULL},
                                {"throw", throw_in, METH_VARARGS, NULL},
                                {"close", close_it, METH_NOARGS, NULL},
                                {NULL, NULL, 0, NULL}};

/* What asyncio's debugging shows. */
static PyGetSetDef attributes[] = {{"__name__", get_name, NULL, NULL, NULL},
                                   {"__qualname__", get_name, NULL, NULL, NULL},
                                   {"cr_running", get_running, NULL, NULL, NULL},
                                   {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot slots[] = {
#if NSKP_OLDEST >= 0x030A0000
    {Py_am_send, send_fast},
#endif
    {Py_am_await, await_it},    {Py_tp_iternext, next},
    {Py_tp_repr, repr},         {Py_tp_methods, methods},
    {Py_tp_getset, attributes}, {Py_tp_traverse, traverse},
    {Py_tp_finalize, finalize}, {0, NULL}};

PyType_Spec nskp_coroutine_spec = {
    .name = "netsocket._Coroutine",
    .basicsize = sizeof(nskp_coroutine),
    .itemsize = 1,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | NSKP_TYPE_FLAGS,
    .slots = slots,
};
