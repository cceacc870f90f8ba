/* The Python adapter: the core's sockets, addresses and errors as objects. Every chapter
   has its counterpart in the Lua adapter. */
#ifndef NSKP_ADAPTER_H
#define NSKP_ADAPTER_H

#include "compat.h"
#include "netsocket.h"

/* --------------------------------------------------------------- objects -- */

/* The objects that the module's state has, a row each. running_loop is asyncio's
   function, NULL until netsocket.aio is used, cancelled its CancelledError, run the name
   of a context's method; stop is a StopIteration for the next result, or NULL. */
#define NSKP_STATE_OBJECTS(X)        \
  X(PyTypeObject, socket_type)       \
  X(PyTypeObject, addrinfo_type)     \
  X(PyTypeObject, msghdr_type)       \
  X(PyTypeObject, cmsghdr_type)      \
  X(PyTypeObject, cmsghdrs_type)     \
  X(PyTypeObject, iovec_type)        \
  X(PyTypeObject, reader_type)       \
  X(PyTypeObject, lines_type)        \
  X(PyTypeObject, deadline_type)     \
  X(PyTypeObject, aio_reader_type)   \
  X(PyTypeObject, aio_lines_type)    \
  X(PyTypeObject, coroutine_type)    \
  X(PyTypeObject, registration_type) \
  X(PyTypeObject, tcpinfo_type)      \
  X(PyTypeObject, packet_type)       \
  X(PyTypeObject, cut_packet_type)   \
  X(PyObject, queued_names)          \
  X(PyObject, running_loop)          \
  X(PyObject, cancelled)             \
  X(PyObject, run)                   \
  X(PyObject, stop)

/* What belongs to one import of the module, in one interpreter. */
typedef struct {
#define FIELD(TYPE, NAME) TYPE *NAME;
  NSKP_STATE_OBJECTS(FIELD)
#undef FIELD
  unsigned turn;       /* what calls of netsocket.aio have done without a wait */
  int64_t collected;   /* when nskp_collect last did, of nsk_now */
  nsk_buffer *scratch; /* to receive into, under the GIL; NULL while it is lent out */
  nsk_batch *batch;    /* the same for many packets */
  long long last_gcfn; /* the newest handle of addgcfn, of any socket */
} nskp_state;

/* A descriptor that its socket has given up and loops have not forgotten yet. The last of
   them closes it. */
typedef struct {
  unsigned owners;
  nsk_socket s;              /* fd -1: the socket still has it */
  struct nskp_extra *beside; /* what that has beside it; NULL: it has gone */
} nskp_hold;

/* What a socket has beside it, made when first needed. */
typedef struct nskp_extra {
  PyObject *gcfns;            /* see gcfn.c */
  PyObject *registrations[2]; /* to read and to write, see registration.c */
  nskp_hold *hold;
  nsk_event closing; /* wakes calls without the GIL where shutdown(2) does not */
  bool has_closing;
} nskp_extra;

/* netsocket.Socket. The GIL guards every field; a call that runs without the GIL
   works on a copy of `s` (nskp_enter). */
typedef struct {
  PyObject head;
  PyObject *weakrefs;
  nsk_socket s;
  unsigned inside : 15;  /* calls that are running on this object without the GIL */
  unsigned ending : 1;   /* its functions run or have run: it is as good as closed */
  unsigned process : 16; /* of which fork generation the calls are */
  int leaving;           /* closed meanwhile: what the last of them must close; else -1 */
  nskp_extra *extra;     /* NULL: nothing, as mostly */
} nskp_socket;

/* netsocket.AddrInfo. Never changes once it is made. */
typedef struct {
  PyObject head;
  nsk_addrinfo info;
  PyObject *canonname; /* str, or NULL */
} nskp_addrinfo;

/* netsocket.CmsgHdr, CmsgHdrs, IoVec, MsgHdr. What is busy is in use by a call without
   the GIL, or by a view, and is not changed meanwhile. */
typedef struct {
  PyObject_HEAD nsk_cmsg cmsg;
} nskp_cmsghdr;

typedef struct {
  PyObject_HEAD nsk_control control;
  PyObject *pushed; /* NULL, or a dict: received messages whose descriptors are sent on */
  int busy;
} nskp_cmsghdrs;

typedef struct {
  PyObject_HEAD nsk_iovec iov;
  int busy;
} nskp_iovec;

typedef struct {
  PyObject_HEAD nsk_message message; /* its pointers are into the objects below */
  PyObject *iov;
  PyObject *control;
  PyObject *name; /* the object of message.name, or NULL: it was not asked for */
  int socktype, protocol;
  int busy;
} nskp_msghdr;

/* Functions of the module have the module as self, also those of netsocket.addrinfo.
   A type is final, so the type of an object is the one that the module made. */
static inline nskp_state *nskp_state_of_module(PyObject *module) {
  return (nskp_state *)PyModule_GetState(module);
}

static inline nskp_state *nskp_state_of(PyObject *self) {
  return (nskp_state *)PyType_GetModuleState(Py_TYPE(self));
}

/* The types of this package: final, made by the module alone. */
#define NSKP_TYPE(NAME, OBJECT, SLOTS)                               \
  {                                                                  \
    .name = (NAME), .basicsize = sizeof(OBJECT),                     \
    .flags = Py_TPFLAGS_DEFAULT | NSKP_TYPE_FLAGS, .slots = (SLOTS), \
  }
#define NSKP_GC_TYPE(NAME, OBJECT, SLOTS)                               \
  {                                                                     \
    .name = (NAME), .basicsize = sizeof(OBJECT),                        \
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | NSKP_TYPE_FLAGS, \
    .slots = (SLOTS),                                                   \
  }

/* What a row's parameters are by their places, in one word since interpreters share it.
   Read with the first call, until when it is 0. */
typedef _Atomic unsigned nskp_shape;

/* A row of api.def as the argument helpers need it. */
typedef struct {
  const char *name;
  const char *params;
  bool method;       /* of an object */
  nskp_shape *shape; /* NULL: read with each call */
} nskp_row;

#include "rows.h"

#endif
