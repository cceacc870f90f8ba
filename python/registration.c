/* A descriptor in a loop of asyncio: told once, disarmed when nothing waits, forgotten
   before its number is given back. */
#include "registration.h"

#include "error.h"
#include "leaving.h"

static nskp_registration *registration_of(PyObject *self) {
  return (nskp_registration *)self;
}

static bool set_attribute(PyObject **place, const char *module, const char *name) {
  if (*place != NULL) return true;
  PyObject *found = PyImport_ImportModule(module);
  if (found == NULL) return false;
  *place = PyObject_GetAttrString(found, name);
  Py_DECREF(found);
  return *place != NULL;
}

static bool know_asyncio(nskp_state *state) {
  if (state->run == NULL) state->run = PyUnicode_InternFromString("run");
  return state->run != NULL &&
         set_attribute(&state->cancelled, "asyncio", "CancelledError") &&
         set_attribute(&state->running_loop, "asyncio", "_get_running_loop");
}

PyObject *nskp_running_loop(nskp_state *state) {
  if (state->running_loop == NULL && !know_asyncio(state)) return NULL;
  PyObject *loop = PyObject_CallObject(state->running_loop, NULL);
  if (loop != Py_None) return loop;
  Py_DECREF(loop);
  PyErr_SetString(PyExc_RuntimeError,
                  "netsocket.aio needs a running loop of asyncio; under trio, wait with "
                  "trio.lowlevel.wait_readable(sock) or wait_writable(sock), under anyio "
                  "with anyio.wait_readable(sock), then use the socket's own calls");
  return NULL;
}

/* ------------------------------------------------------------ what a loop is -- */

/* Calls a method of the loop about the descriptor. */
static PyObject *tell(nskp_registration *r, const char *reader, const char *writer) {
  return PyObject_CallMethod(r->loop, r->writing ? writer : reader, "i", r->fd);
}

bool nskp_loop_says(PyObject *loop, const char *method) {
  PyObject *answer = PyObject_CallMethod(loop, method, NULL);
  bool truth = answer != NULL && PyObject_IsTrue(answer) == 1;
  Py_XDECREF(answer);
  PyErr_Clear();
  return truth;
}

typedef enum { GONE, HERE, ELSEWHERE } place;

/* Where the loop is from here: forgotten, or a parent's; in this thread, at rest, or
   closed, when it refuses what it is asked; running in another thread. */
static place place_of(const nskp_registration *r) {
  PyObject *ask = nskp_state_of((PyObject *)r)->running_loop; /* NULL: all ends */
  if (r->loop == NULL || ask == NULL || r->generation != nsk_fork_generation())
    return GONE;
  PyObject *running = PyObject_CallObject(ask, NULL);
  bool here = running == r->loop;
  Py_XDECREF(running);
  PyErr_Clear();
  if (here) return HERE;
  return nskp_loop_says(r->loop, "is_running") ? ELSEWHERE : HERE;
}

/* -------------------------------------------------------------------- timers -- */

static void cancel_timer(nskp_registration *r) {
  PyObject *timer = r->timer;
  if (timer == NULL) return;
  r->timer = NULL;
  PyObject *result = PyObject_CallMethod(timer, "cancel", NULL);
  Py_XDECREF(result);
  Py_DECREF(timer);
  PyErr_Clear();
}

/* No loop refuses a day; a time that is later is looked at again then. Whole
   milliseconds, since uvloop counts so. */
static double seconds_until(int64_t until) {
  static const int64_t most = INT64_C(86400000), ms = 1000000;
  int64_t left = until - nsk_now();
  int64_t whole = left <= 0 ? 1 : (left - 1) / ms + 1;
  return (double)(whole < most ? whole : most) / 1e3;
}

static bool arm(nskp_registration *r, int64_t until) {
  cancel_timer(r);
  PyObject *made = PyObject_CallMethod(r->loop, "call_later", "dOO", seconds_until(until),
                                       (PyObject *)r, Py_True);
  if (made == NULL) return false;
  Py_XDECREF(r->timer);
  r->timer = made;
  r->timer_at = until;
  if (r->wait == NSKP_FORGOTTEN) cancel_timer(r); /* in the call */
  return true;
}

static PyObject *timer_fired(nskp_registration *r) {
  Py_CLEAR(r->timer);
  if (r->wait != NSKP_WAITING || r->until == NSK_NEVER || r->loop == NULL) Py_RETURN_NONE;
  if (nsk_passed(r->until)) return nskp_wake(r, NSKP_TIMED, true);
  if (!arm(r, r->until)) return NULL;
  Py_RETURN_NONE;
}

/* ------------------------------------------------------------------ watching -- */

static void unwatch(nskp_registration *r) {
  if (!r->watched) return;
  r->watched = false;
  PyObject *result = tell(r, "remove_reader", "remove_writer");
  Py_XDECREF(result);
  PyErr_Clear();
}

/* libuv makes what it watches non-blocking. The socket may be a blocking one, and stays
   that. */
static bool watch(nskp_registration *r) {
  bool nonblock = true;
  nsk_error ignored;
  if (r->watched && !r->doubtful) return true;
  r->doubtful = false;
  nsk_fd_nonblock(r->fd, NULL, &nonblock, &ignored);
  PyObject *result = PyObject_CallMethod(
      r->loop, r->writing ? "add_writer" : "add_reader", "iO", r->fd, (PyObject *)r);
  if (!nonblock) nsk_fd_nonblock(r->fd, &nonblock, &(bool){false}, &ignored);
  if (result == NULL) return false;
  Py_DECREF(result);
  r->watched = true;
  if (r->wait == NSKP_FORGOTTEN) unwatch(r); /* in the call */
  return true;
}

/* Readiness without a waiter would be reported in each turn of the loop. */
static PyObject *is_ready(nskp_registration *r) {
  if (r->wait == NSKP_WAITING && r->loop != NULL) return nskp_wake(r, NSKP_READY, true);
  unwatch(r);
  Py_RETURN_NONE;
}

/* ---------------------------------------------------------------- forgetting -- */

/* A task that has just begun to wait has still to ask for its loop. */
static void forget_here(nskp_registration *r) {
  unwatch(r);
  cancel_timer(r);
  PyObject *result = r->wait == NSKP_WAITING ? nskp_wake(r, NSKP_FORGOTTEN, false) : NULL;
  Py_XDECREF(result);
  PyErr_Clear();
  if (r->waiter == NULL) Py_CLEAR(r->loop);
}

/* The loop may be closed meanwhile; then there is nothing to forget. */
static bool ask_to_forget(nskp_registration *r, nskp_extra *extra) {
  nskp_hold *hold = extra != NULL ? nskp_hold_of(extra) : NULL;
  if (hold == NULL) return false;
  r->hold = hold;
  hold->owners++;
  PyObject *asked =
      PyObject_CallMethod(r->loop, "call_soon_threadsafe", "OO", (PyObject *)r, Py_None);
  if (asked == NULL) {
    PyErr_Clear();
    r->hold = NULL;
    nskp_hold_release(hold);
  }
  Py_XDECREF(asked);
  return asked != NULL;
}

void nskp_forget(nskp_registration *r, nskp_extra *extra) {
  place where = place_of(r);
  if (where == ELSEWHERE && ask_to_forget(r, extra)) return;
  if (where == HERE) {
    forget_here(r);
    return;
  }
  r->watched = false;
  Py_CLEAR(r->timer);
  Py_CLEAR(r->loop);
}

void nskp_pass(nskp_registration *r) {
  if (!r->passing) return;
  r->passing = false;
  if (place_of(r) == HERE) unwatch(r);
  r->watched = false;
}

static void release_hold(nskp_registration *r) {
  nskp_hold *hold = r->hold;
  r->hold = NULL;
  if (hold != NULL) nskp_hold_release(hold);
}

/* The loop knows a descriptor by its number. Where the socket has come back to it before
   this turn, what it was told since is forgotten too, and has to be told again. */
static nskp_registration *successor(const nskp_registration *r) {
  const nskp_extra *beside = r->hold != NULL ? r->hold->beside : NULL;
  for (int i = 0; beside != NULL && i < 2; i++) {
    nskp_registration *now = (nskp_registration *)beside->registrations[i];
    if (now == NULL || now == r || now->loop != r->loop || now->writing != r->writing)
      continue;
    now->doubtful = true;
    Py_INCREF((PyObject *)now);
    return now;
  }
  return NULL;
}

/* In the loop's thread, as another one has asked. The descriptor may go before a task
   does anything else. */
static PyObject *asked_to_forget(nskp_registration *r) {
  PyObject *result = NULL;
  if (r->loop == NULL) Py_RETURN_NONE;
  unwatch(r);
  cancel_timer(r);
  nskp_registration *now = successor(r);
  release_hold(r);
  if (r->wait == NSKP_WAITING)
    result = nskp_wake(r, NSKP_FORGOTTEN, true);
  else if (now != NULL && now->wait == NSKP_WAITING)
    result = nskp_wake(now, NSKP_READY, true);
  Py_XDECREF((PyObject *)now);
  Py_CLEAR(r->loop);
  if (result != NULL || PyErr_Occurred()) return result;
  Py_RETURN_NONE;
}

/* What the loop calls: it is ready; with True its timer; with None it is to go. */
static PyObject *call(PyObject *self, PyObject *args, PyObject *names) {
  (void)names;
  if (PyTuple_Size(args) == 0) return is_ready(registration_of(self));
  return PyTuple_GetItem(args, 0) == Py_True ? timer_fired(registration_of(self))
                                             : asked_to_forget(registration_of(self));
}

nskp_registration *nskp_register(nskp_state *state, PyObject *loop) {
  nskp_registration *made =
      (nskp_registration *)PyType_GenericAlloc(state->registration_type, 0);
  if (made == NULL) return NULL;
  Py_INCREF(loop);
  made->loop = loop;
  made->generation = nsk_fork_generation();
  return made;
}

/* ------------------------------------------------------------------ one wait -- */

/* The loop's methods run code that may close the socket. */
bool nskp_wait_begin(nskp_registration *r, nskp_coroutine *waiter,
                     const nsk_interest *interest, bool lasts) {
  bool writing = interest->need == NSK_WRITE || interest->need == NSK_WRITE_URGENT;
  bool armed = r->timer != NULL && r->timer_at <= interest->until;
  r->until = interest->until;
  r->waiter = waiter;
  r->wait = NSKP_WAITING;
  r->blocking = true;
  if (interest->until != NSK_NEVER && !armed && !arm(r, interest->until)) return false;
  if (r->fd != interest->fd || r->writing != writing) unwatch(r);
  r->fd = interest->fd;
  r->writing = writing;
  r->passing = !lasts;
  return r->fd < 0 || r->wait == NSKP_FORGOTTEN || watch(r);
}

void nskp_wait_end(nskp_registration *r) {
  r->wait = NSKP_NO_WAIT;
  r->waiter = NULL;
  nskp_pass(r);
  Py_CLEAR(r->wakeup);
  Py_CLEAR(r->context);
  Py_CLEAR(r->cancelled);
}

/* ------------------------------------------------------------------ the type -- */

static int traverse(PyObject *self, visitproc visit, void *arg) {
  nskp_registration *r = registration_of(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(r->loop);
  Py_VISIT(r->timer);
  Py_VISIT(r->wakeup);
  Py_VISIT(r->context);
  Py_VISIT(r->cancelled);
  return 0;
}

static int clear(PyObject *self) {
  nskp_registration *r = registration_of(self);
  Py_CLEAR(r->loop);
  Py_CLEAR(r->timer);
  Py_CLEAR(r->wakeup);
  Py_CLEAR(r->context);
  Py_CLEAR(r->cancelled);
  return 0;
}

/* A loop that was closed before it could forget has nothing to forget. */
static void dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  release_hold(registration_of(self));
  clear(self);
  PyObject_GC_Del(self);
  Py_DECREF((PyObject *)type);
}

static PyType_Slot slots[] = {{Py_tp_call, call},
                              {Py_tp_methods, nskp_future_methods},
                              {Py_tp_getset, nskp_future_attributes},
                              {Py_tp_traverse, traverse},
                              {Py_tp_clear, clear},
                              {Py_tp_dealloc, dealloc},
                              {0, NULL}};

PyType_Spec nskp_registration_spec =
    NSKP_GC_TYPE("netsocket._Registration", nskp_registration, slots);
