/* Messages: the MsgHdr object, sendmsg and recvmsg. */
#include "objects.h"

#include "aio_plain.h"
#include "args.h"
#include "error.h"
#include "lock.h"

static nskp_msghdr *msghdr_of(PyObject *self) {
  return (nskp_msghdr *)self;
}

/* -------------------------------------------------------------------- the parts -- */

PyObject *nskp_msghdr_make_new(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_msghdr_make_new, nargs)) return NULL;
  return PyType_GenericAlloc(nskp_state_of_module(self)->msghdr_type, 0);
}

static bool is_free(PyObject *self) {
  if (msghdr_of(self)->busy == 0) return true;
  PyErr_SetString(PyExc_BufferError, "the message is in use by a call");
  return false;
}

/* A received name becomes an object when it is asked for. Making it runs no code of the
   user's: AddrInfo is unknown to the collector. */
static PyObject *name_now(PyObject *self) {
  nskp_msghdr *mh = msghdr_of(self);
  if (mh->message.name.length == 0) Py_RETURN_NONE;
  if (mh->name == NULL) {
    nskp_addrinfo *ai = nskp_make_addrinfo(nskp_state_of(self));
    if (ai == NULL) return NULL;
    ai->info = (nsk_addrinfo){mh->message.name, mh->socktype, mh->protocol};
    mh->name = (PyObject *)ai;
  }
  Py_INCREF(mh->name);
  return mh->name;
}

PyObject *nskp_msghdr_name(NSKP_POS) {
  nskp_args a;
  nskp_addrinfo *ai = NULL;
  if (!nskp_bind(&a, &nskp_row_msghdr_name, args, nargs, NULL)) return NULL;
  if (a.value[0] != NULL &&
      !nskp_get_address(&a, 0, nskp_state_of(self)->addrinfo_type, &ai))
    return NULL;
  if (nargs > 0 && !is_free(self)) return NULL;
  PyObject *before = name_now(self);
  if (before == NULL || nargs == 0) return before;
  msghdr_of(self)->message.name.length = 0;
  if (ai != NULL) msghdr_of(self)->message.name = ai->info.addr;
  msghdr_of(self)->message.control_sent = false;
  Py_XINCREF((PyObject *)ai);
  Py_XDECREF(msghdr_of(self)->name);
  msghdr_of(self)->name = (PyObject *)ai;
  return before;
}

/* Puts an object, or with NULL none, in place of what *slot holds, which is returned. */
static PyObject *exchange(PyObject **slot, PyObject *now) {
  PyObject *before = *slot;
  Py_XINCREF(now);
  *slot = now;
  if (before == NULL) Py_RETURN_NONE;
  return before;
}

static PyObject *look(PyObject *held) {
  PyObject *shown = held != NULL ? held : Py_None;
  Py_INCREF(shown);
  return shown;
}

PyObject *nskp_msghdr_iov(NSKP_POS) {
  nskp_args a;
  nskp_iovec *iov = NULL;
  if (!nskp_bind(&a, &nskp_row_msghdr_iov, args, nargs, NULL)) return NULL;
  if (nargs == 0) return look(msghdr_of(self)->iov);
  if ((a.value[0] != NULL &&
       !nskp_get_object(&a, 0, nskp_state_of(self)->iovec_type, "IoVec", &iov)) ||
      !is_free(self))
    return NULL;
  msghdr_of(self)->message.iov = iov != NULL ? &iov->iov : NULL;
  msghdr_of(self)->message.control_sent = false;
  return exchange(&msghdr_of(self)->iov, (PyObject *)iov);
}

PyObject *nskp_msghdr_control(NSKP_POS) {
  nskp_args a;
  nskp_cmsghdrs *cmsgs = NULL;
  if (!nskp_bind(&a, &nskp_row_msghdr_control, args, nargs, NULL)) return NULL;
  if (nargs == 0) return look(msghdr_of(self)->control);
  if ((a.value[0] != NULL &&
       !nskp_get_object(&a, 0, nskp_state_of(self)->cmsghdrs_type, "CmsgHdrs", &cmsgs)) ||
      !is_free(self))
    return NULL;
  msghdr_of(self)->message.control = cmsgs != NULL ? &cmsgs->control : NULL;
  msghdr_of(self)->message.control_sent = false;
  return exchange(&msghdr_of(self)->control, (PyObject *)cmsgs);
}

PyObject *nskp_msghdr_control_room(NSKP_POS) {
  nskp_args a;
  nsk_error error;
  int64_t limit = NSK_CONTROL_ROOM;
  if (!nskp_bind(&a, &nskp_row_msghdr_control_room, args, nargs, NULL) ||
      !nskp_get_integer(&a, 0, &limit) || (nargs > 0 && !is_free(self)))
    return NULL;
  PyObject *before = PyLong_FromSize_t(nsk_message_room(&msghdr_of(self)->message));
  if (before == NULL || nargs == 0) return before;
  if (nsk_message_limit(&msghdr_of(self)->message, limit, &error) == NSK_DONE)
    return before;
  Py_DECREF(before);
  return nskp_raise(a.row, NSK_FAILED, &error);
}

PyObject *nskp_msghdr_flags(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_msghdr_flags, nargs)) return NULL;
  return PyLong_FromLong(msghdr_of(self)->message.flags);
}

/* --------------------------------------------------------------------- the type -- */

static PyObject *msghdr_repr(PyObject *self) {
  char text[NSK_ADDR_TEXT_MAX], shown_name[4 * NSK_ADDR_TEXT_MAX + 1];
  const nsk_message *message = &msghdr_of(self)->message;
  size_t length = message->name.length > 0 ? nsk_addr_text(&message->name, text) : 0;
  length = nsk_escape(text, length, shown_name, sizeof shown_name);
  PyObject *name =
      PyUnicode_DecodeUTF8(shown_name, (Py_ssize_t)length, "backslashreplace");
  if (name == NULL) return NULL;
  PyObject *shown = PyUnicode_FromFormat(
      "<netsocket.MsgHdr name=%U iov=%zd control=%zd flags=%d>", name,
      (Py_ssize_t)(message->iov != NULL ? message->iov->bytes : 0),
      (Py_ssize_t)(message->control != NULL ? message->control->count : 0),
      message->flags);
  Py_DECREF(name);
  return shown;
}

static void msghdr_finalize(PyObject *self) {
  Py_CLEAR(msghdr_of(self)->iov);
  Py_CLEAR(msghdr_of(self)->control);
  Py_CLEAR(msghdr_of(self)->name);
}

/* None of the parts refers to anything, so no cycle can arise. */
static PyType_Slot msghdr_slots[] = {
    {Py_tp_doc, "What sendmsg and recvmsg take: an address, buffers, control messages."},
    {Py_tp_repr, msghdr_repr},
    {Py_tp_finalize, msghdr_finalize},
    {Py_tp_methods, nskp_msghdr_methods},
    {0, NULL}};

PyType_Spec nskp_msghdr_spec = NSKP_TYPE("netsocket.MsgHdr", nskp_msghdr, msghdr_slots);

/* ---------------------------------------------------------------- send, receive -- */

typedef nsk_outcome (*transfer)(nsk_socket *s, nsk_message *message, int flags, size_t *n,
                                nsk_error *error);

/* Whatever the call reads or writes stays where it is while others may run. */
static void hold(nskp_msghdr *mh, int by) {
  mh->busy += by;
  if (mh->iov != NULL) ((nskp_iovec *)mh->iov)->busy += by;
  if (mh->control != NULL) ((nskp_cmsghdrs *)mh->control)->busy += by;
}

/* A receive refills the control messages, which another message may share. */
static bool parts_free(nskp_msghdr *mh) {
  bool taken =
      mh->busy > 0 || (mh->control != NULL && ((nskp_cmsghdrs *)mh->control)->busy > 0);
  if (taken) PyErr_SetString(PyExc_BufferError, "the message is in use by a call");
  return !taken;
}

typedef struct {
  nskp_msghdr *mh;
  transfer call;
  int flags;
  size_t n;
} moving;

static nsk_outcome move_once(nsk_socket *s, void *call, int more, nsk_error *error) {
  moving *m = call;
  return m->call(s, &m->mh->message, m->flags | more, &m->n, error);
}

/* Whatever was received replaces the name, whose object is out of date, and what the
   queue of control messages had. */
static void renew(nskp_msghdr *mh, const nsk_socket *from) {
  Py_CLEAR(mh->name);
  if (mh->control != NULL) nskp_let_go((nskp_cmsghdrs *)mh->control);
  mh->socktype = from->type;
  mh->protocol = from->protocol;
}

static PyObject *move(PyObject *self, const nskp_row *row, PyObject *const *args,
                      Py_ssize_t nargs, transfer call) {
  nskp_socket *sock = (nskp_socket *)self;
  nskp_args a;
  nsk_error error;
  moving m = {.call = call};
  bool receiving = call == nsk_socket_recvmsg;
  if (!nskp_bind(&a, row, args, nargs, NULL) ||
      !nskp_get_object(&a, 0, nskp_state_of(self)->msghdr_type, "MsgHdr", &m.mh) ||
      !nskp_get_flags(&a, &m.flags) || !parts_free(m.mh))
    return NULL;
  size_t most = m.mh->message.iov != NULL ? m.mh->message.iov->bytes : 0;
  PyObject *room = PyLong_FromSize_t(most);
  if (room == NULL) return NULL;
  bool whole = receiving ? m.flags != 0 && nskp_blocks(sock, m.flags)
                         : nskp_takes_all(sock, m.flags);
  const nskp_work work = {.op = row->name,
                          .body = move_once,
                          .call = &m,
                          .moved = &m.n,
                          .cheap = most <= NSKP_LARGE && !whole};
  hold(m.mh, 1);
  nsk_outcome outcome =
      nskp_plain(sock, &work, receiving ? NSK_READ : NSK_WRITE, m.flags, &error);
  hold(m.mh, -1);
  if (receiving)
    outcome = nsk_socket_noted(&sock->s, row->name, m.flags, outcome, &error);
  if (outcome == NSK_END) m.n = 0;
  bool good = outcome == NSK_DONE || outcome == NSK_END;
  if (good && receiving) renew(m.mh, &sock->s);
  if (good) return nskp_count(room, most, m.n);
  Py_DECREF(room);
  return nskp_raise_outcome(row->name, outcome, &error);
}

PyObject *nskp_socket_sendmsg(NSKP_POS) {
  return move(self, &nskp_row_socket_sendmsg, args, nargs, nsk_socket_sendmsg);
}

PyObject *nskp_socket_recvmsg(NSKP_POS) {
  return move(self, &nskp_row_socket_recvmsg, args, nargs, nsk_socket_recvmsg);
}

/* -------------------------------------------------------------- as coroutines -- */

/* The message is busy from the call on. */
typedef struct {
  nskp_aio_call call;
  nskp_msghdr *mh; /* NULL: not taken */
  size_t moved;
} awaited;

static awaited *part(nskp_coroutine *c) {
  return nskp_part(c);
}

static nsk_outcome step_sending(nskp_coroutine *c, nsk_interest *interest,
                                nsk_error *error) {
  awaited *m = part(c);
  nsk_outcome outcome = nsk_socket_sendmsg(
      &c->sock->s, &m->mh->message, m->call.flags | nsk_dontwait, &m->moved, error);
  return nskp_aio_tried(c, outcome, interest, error);
}

static nsk_outcome step_receiving(nskp_coroutine *c, nsk_interest *interest,
                                  nsk_error *error) {
  awaited *m = part(c);
  int flags = m->call.flags;
  nsk_outcome outcome = nsk_socket_recvmsg(&c->sock->s, &m->mh->message,
                                           flags | nsk_dontwait, &m->moved, error);
  outcome = nsk_socket_noted(&c->sock->s, c->name, flags, outcome, error);
  if (outcome == NSK_END) m->moved = 0;
  if (outcome == NSK_DONE || outcome == NSK_END) renew(m->mh, &c->sock->s);
  return nskp_aio_tried(c, outcome, interest, error);
}

static PyObject *count_of_bytes(nskp_coroutine *c, nsk_outcome outcome) {
  (void)outcome;
  return PyLong_FromSize_t(part(c)->moved);
}

static size_t moved(nskp_coroutine *c) {
  return part(c)->moved;
}

static int traverse(nskp_coroutine *c, visitproc visit, void *arg) {
  Py_VISIT((PyObject *)part(c)->mh);
  return 0;
}

static void end(nskp_coroutine *c) {
  nskp_msghdr *mh = part(c)->mh;
  nskp_aio_plain_end(c);
  part(c)->mh = NULL;
  if (mh != NULL) hold(mh, -1);
  Py_XDECREF((PyObject *)mh);
}

static const nskp_kind sending = {.writing = true,
                                  .size = sizeof(awaited),
                                  .step = step_sending,
                                  .result = count_of_bytes,
                                  .moved = moved,
                                  .traverse = traverse,
                                  .end = end};
static const nskp_kind receiving = {.size = sizeof(awaited),
                                    .step = step_receiving,
                                    .result = count_of_bytes,
                                    .moved = moved,
                                    .traverse = traverse,
                                    .end = end};

/* (sock, mh, *flags, sec) */
static PyObject *await_message(PyObject *module, const nskp_args *a,
                               const nskp_kind *kind) {
  nskp_msghdr *mh;
  if (!nskp_get_object(a, 1, nskp_state_of_module(module)->msghdr_type, "MsgHdr", &mh) ||
      !parts_free(mh))
    return NULL;
  nskp_coroutine *c = nskp_aio_plain(module, a, kind, 2);
  if (c == NULL) return NULL;
  Py_INCREF((PyObject *)mh);
  hold(mh, 1);
  part(c)->mh = mh;
  return (PyObject *)c;
}

PyObject *nskp_aio_sendmsg(NSKP_KEY) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_aio_sendmsg, args, nargs, kwnames)) return NULL;
  return await_message(self, &a, &sending);
}

PyObject *nskp_aio_recvmsg(NSKP_KEY) {
  nskp_args a;
  if (!nskp_bind(&a, &nskp_row_aio_recvmsg, args, nargs, kwnames)) return NULL;
  return await_message(self, &a, &receiving);
}
