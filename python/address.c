/* Address objects, and the functions that make them. */
#include "objects.h"

#include "args.h"
#include "error.h"
#include "socket.h"

/* ------------------------------------------------------------ the object -- */

nskp_addrinfo *nskp_make_addrinfo(nskp_state *state) {
  return (nskp_addrinfo *)PyType_GenericAlloc(state->addrinfo_type, 0);
}

static nskp_addrinfo *addrinfo_of(PyObject *self) {
  return (nskp_addrinfo *)self;
}

PyObject *nskp_addrinfo_family(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_addrinfo_family, nargs)) return NULL;
  return PyLong_FromLong(nsk_addr_family(&addrinfo_of(self)->info.addr));
}

PyObject *nskp_addrinfo_socktype(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_addrinfo_socktype, nargs)) return NULL;
  return PyLong_FromLong(addrinfo_of(self)->info.socktype);
}

PyObject *nskp_addrinfo_protocol(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_addrinfo_protocol, nargs)) return NULL;
  return PyLong_FromLong(addrinfo_of(self)->info.protocol);
}

/* A path is text as everywhere in Python; an abstract name is bytes, which no file
   system encoding speaks for. */
PyObject *nskp_addrinfo_addr(NSKP_POS) {
  char host[NSK_ADDR_TEXT_MAX];
  size_t length;
  bool abstract;
  if (!nskp_bind_none(&nskp_row_addrinfo_addr, nargs)) return NULL;
  if (!nsk_addr_host(&addrinfo_of(self)->info.addr, host, &length, &abstract))
    Py_RETURN_NONE;
  if (abstract) return PyBytes_FromStringAndSize(host, (Py_ssize_t)length);
  return PyUnicode_DecodeFSDefaultAndSize(host, (Py_ssize_t)length);
}

PyObject *nskp_addrinfo_port(NSKP_POS) {
  if (!nskp_bind_none(&nskp_row_addrinfo_port, nargs)) return NULL;
  int64_t port = nsk_addr_port(&addrinfo_of(self)->info.addr);
  if (port < 0) Py_RETURN_NONE;
  return PyLong_FromLongLong(port);
}

PyObject *nskp_addrinfo_canonname(NSKP_POS) {
  PyObject *name = addrinfo_of(self)->canonname;
  if (!nskp_bind_none(&nskp_row_addrinfo_canonname, nargs)) return NULL;
  if (name == NULL) Py_RETURN_NONE;
  Py_INCREF(name);
  return name;
}

PyObject *nskp_names(const char *host, const char *service) {
  return Py_BuildValue("{ss,ss}", "host", host, "service", service);
}

PyObject *nskp_addrinfo_getnameinfo(NSKP_POS) {
  char host[NSK_HOST_MAX], service[NSK_HOST_MAX];
  nskp_args a;
  nsk_error error;
  int flags;
  if (!nskp_bind(&a, &nskp_row_addrinfo_getnameinfo, args, nargs, NULL) ||
      !nskp_get_flags(&a, &flags))
    return NULL;
  nsk_outcome outcome;
  do {
    PyThreadState *thread = PyEval_SaveThread();
    outcome = nsk_addr_names(&addrinfo_of(self)->info.addr, flags, host, service, &error);
    PyEval_RestoreThread(thread);
  } while (nskp_reclaim(nskp_state_of(self), outcome, &error));
  if (outcome != NSK_DONE) return nskp_raise(a.row, outcome, &error);
  return nskp_names(host, service);
}

/* -------------------------------------------------------------- the type -- */

static PyObject *addrinfo_str(PyObject *self) {
  char text[NSK_ADDR_TEXT_MAX];
  size_t length = nsk_addr_text(&addrinfo_of(self)->info.addr, text);
  return PyUnicode_DecodeFSDefaultAndSize(text, (Py_ssize_t)length);
}

static PyObject *addrinfo_repr(PyObject *self) {
  char text[4 * NSK_ADDR_TEXT_MAX + 80];
  size_t length = nsk_addrinfo_text(&addrinfo_of(self)->info, text, sizeof text);
  PyObject *line = PyUnicode_DecodeUTF8(text, (Py_ssize_t)length, "backslashreplace");
  if (line == NULL) return NULL;
  PyObject *made = PyUnicode_FromFormat("<netsocket.AddrInfo %U>", line);
  Py_DECREF(line);
  return made;
}

static PyObject *addrinfo_compare(PyObject *self, PyObject *other, int how) {
  if (Py_TYPE(self) != Py_TYPE(other) || (how != Py_EQ && how != Py_NE))
    Py_RETURN_NOTIMPLEMENTED;
  bool equal =
      nsk_addr_equal(&addrinfo_of(self)->info.addr, &addrinfo_of(other)->info.addr);
  return PyBool_FromLong(equal == (how == Py_EQ));
}

/* -1 is how a hash function says that it failed. */
static Py_hash_t addrinfo_hash(PyObject *self) {
  Py_hash_t hash = (Py_hash_t)nsk_addr_hash(&addrinfo_of(self)->info.addr);
  return hash == -1 ? -2 : hash;
}

static void addrinfo_finalize(PyObject *self) {
  Py_CLEAR(addrinfo_of(self)->canonname);
}

/* It can be in no cycle, so the collector need not know it; the inherited tp_dealloc
   calls the finalizer and releases the type. */
static PyType_Slot addrinfo_slots[] = {
    {Py_tp_doc, "An address, with the socket type and protocol to use it with."},
    {Py_tp_str, addrinfo_str},
    {Py_tp_repr, addrinfo_repr},
    {Py_tp_richcompare, addrinfo_compare},
    {Py_tp_hash, addrinfo_hash},
    {Py_tp_finalize, addrinfo_finalize},
    {Py_tp_methods, nskp_addrinfo_methods},
    {0, NULL}};

PyType_Spec nskp_addrinfo_spec =
    NSKP_TYPE("netsocket.AddrInfo", nskp_addrinfo, addrinfo_slots);

/* ----------------------------------------------------- from numeric text -- */

typedef nsk_outcome (*parser)(nsk_addr *addr, const nsk_endpoint *at, bool passive,
                              const char *op, nsk_error *error);

static PyObject *make_numeric(PyObject *module, const nskp_row *row, parser parse,
                              const nsk_endpoint *at, int socktype, int protocol,
                              bool passive) {
  nsk_error error;
  nskp_addrinfo *ai = nskp_make_addrinfo(nskp_state_of_module(module));
  if (ai == NULL) return NULL;
  ai->info.socktype = socktype;
  ai->info.protocol = protocol;
  nsk_outcome outcome = parse(&ai->info.addr, at, passive, row->name, &error);
  if (outcome == NSK_DONE) return (PyObject *)ai;
  Py_DECREF(ai);
  return nskp_raise(row, outcome, &error);
}

/* (addr, port, socktype, protocol, *flags) */
static PyObject *numeric_with_flags(PyObject *module, const nskp_row *row,
                                    PyObject *const *args, Py_ssize_t nargs,
                                    PyObject *kwnames, parser parse) {
  nskp_args a;
  nsk_endpoint at;
  int socktype = 0, protocol = 0, flags;
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_numeric_endpoint(&a, 0, &at) || !nskp_get_int(&a, 2, &socktype) ||
      !nskp_get_int(&a, 3, &protocol) || !nskp_get_flags(&a, &flags))
    return NULL;
  return make_numeric(module, row, parse, &at, socktype, protocol,
                      (flags & nsk_passive) != 0);
}

/* (addr, port, socktype, protocol, passive) */
static PyObject *numeric_of_any(PyObject *module, const nskp_row *row,
                                PyObject *const *args, Py_ssize_t nargs,
                                PyObject *kwnames, parser parse) {
  nskp_args a;
  nsk_endpoint at;
  int socktype, protocol;
  bool passive = false;
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_numeric_endpoint(&a, 0, &at) || !nskp_get_int(&a, 2, &socktype) ||
      !nskp_get_int(&a, 3, &protocol) || !nskp_get_bool(&a, 4, &passive))
    return NULL;
  return make_numeric(module, row, parse, &at, socktype, protocol, passive);
}

/* (addr, port, passive) */
static PyObject *numeric_of(PyObject *module, const nskp_row *row, PyObject *const *args,
                            Py_ssize_t nargs, PyObject *kwnames, parser parse,
                            int socktype, int protocol) {
  nskp_args a;
  nsk_endpoint at;
  bool passive = false;
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_numeric_endpoint(&a, 0, &at) || !nskp_get_bool(&a, 2, &passive))
    return NULL;
  return make_numeric(module, row, parse, &at, socktype, protocol, passive);
}

PyObject *nskp_address_inet(NSKP_KEY) {
  return numeric_with_flags(self, &nskp_row_address_inet, args, nargs, kwnames,
                            nsk_addr_inet);
}

PyObject *nskp_address_inet6(NSKP_KEY) {
  return numeric_with_flags(self, &nskp_row_address_inet6, args, nargs, kwnames,
                            nsk_addr_inet6);
}

#define NEW_ANY(NAME, FAMILY)                                                   \
  PyObject *nskp_address_##NAME(NSKP_KEY) {                                     \
    return numeric_of_any(self, &nskp_row_address_##NAME, args, nargs, kwnames, \
                          nsk_addr_##FAMILY);                                   \
  }
#define NEW(NAME, FAMILY, TYPE, PROTOCOL)                                   \
  PyObject *nskp_address_##NAME(NSKP_KEY) {                                 \
    return numeric_of(self, &nskp_row_address_##NAME, args, nargs, kwnames, \
                      nsk_addr_##FAMILY, nsk_##TYPE, nsk_##PROTOCOL);       \
  }
#include "opener.def"

/* ------------------------------------------------------ from a unix path -- */

static PyObject *make_unix(PyObject *module, const nskp_args *a, int socktype,
                           int protocol) {
  nskp_addrinfo *ai = nskp_make_addrinfo(nskp_state_of_module(module));
  if (ai == NULL) return NULL;
  ai->info.socktype = socktype;
  ai->info.protocol = protocol;
  if (!nskp_get_unix(a, 0, a->row->name, &ai->info.addr)) Py_CLEAR(ai);
  return (PyObject *)ai;
}

PyObject *nskp_address_unix(NSKP_KEY) {
  nskp_args a;
  int socktype = 0, protocol = 0, flags;
  if (!nskp_bind(&a, &nskp_row_address_unix, args, nargs, kwnames) ||
      !nskp_get_int(&a, 1, &socktype) || !nskp_get_int(&a, 2, &protocol) ||
      !nskp_get_flags(&a, &flags))
    return NULL;
  return make_unix(self, &a, socktype, protocol);
}

/* There is no wildcard path for `passive` to choose. */
PyObject *nskp_address_new_unix(NSKP_KEY) {
  nskp_args a;
  int socktype, protocol;
  bool passive;
  if (!nskp_bind(&a, &nskp_row_address_new_unix, args, nargs, kwnames) ||
      !nskp_get_int(&a, 1, &socktype) || !nskp_get_int(&a, 2, &protocol) ||
      !nskp_get_bool(&a, 3, &passive))
    return NULL;
  return make_unix(self, &a, socktype, protocol);
}

static PyObject *unix_of(PyObject *module, const nskp_row *row, PyObject *const *args,
                         Py_ssize_t nargs, PyObject *kwnames, int socktype) {
  nskp_args a;
  bool passive;
  if (!nskp_bind(&a, row, args, nargs, kwnames) || !nskp_get_bool(&a, 1, &passive))
    return NULL;
  return make_unix(module, &a, socktype, 0);
}

#define NEW_UNIX(NAME, TYPE)                                                          \
  PyObject *nskp_address_##NAME(NSKP_KEY) {                                           \
    return unix_of(self, &nskp_row_address_##NAME, args, nargs, kwnames, nsk_##TYPE); \
  }
#include "opener.def"

/* ----------------------------------------------------------- from a name -- */

static PyObject *canonical_name(const nsk_list *list) {
  if (list->canonical == NULL) Py_RETURN_NONE;
  return PyUnicode_DecodeFSDefault(list->canonical);
}

PyObject *nskp_address_list(nskp_state *state, const nsk_list *list) {
  PyObject *name = canonical_name(list);
  PyObject *made =
      PyList_New((Py_ssize_t)list->count); /* nothing of the user's runs now */
  for (size_t i = 0; made != NULL && name != NULL && i < list->count; i++) {
    nskp_addrinfo *ai = nskp_make_addrinfo(state);
    if (ai == NULL) {
      Py_CLEAR(made);
      break;
    }
    ai->info = list->items[i];
    if (name != Py_None) {
      Py_INCREF(name);
      ai->canonname = name;
    }
    PyList_SetItem(made, (Py_ssize_t)i, (PyObject *)ai);
  }
  if (name == NULL) Py_CLEAR(made);
  Py_XDECREF(name);
  return made;
}

static PyObject *resolve(PyObject *module, const nskp_row *row, const nsk_query *query) {
  nsk_list list;
  nsk_error error;
  nsk_outcome outcome;
  do {
    PyThreadState *thread = PyEval_SaveThread();
    outcome = nsk_resolve(query, &list, &error);
    PyEval_RestoreThread(thread);
  } while (nskp_reclaim(nskp_state_of_module(module), outcome, &error));
  if (outcome != NSK_DONE) return nskp_raise(row, outcome, &error);
  PyObject *made = nskp_address_list(nskp_state_of_module(module), &list);
  nsk_list_free(&list);
  return made;
}

PyObject *nskp_address_getaddrinfo(NSKP_KEY) {
  nskp_args a;
  nsk_query query = {.family = nsk_any_family};
  if (!nskp_bind(&a, &nskp_row_address_getaddrinfo, args, nargs, kwnames) ||
      !nskp_get_endpoint(&a, 0, &query.endpoint) || !nskp_get_int(&a, 2, &query.family) ||
      !nskp_get_int(&a, 3, &query.socktype) || !nskp_get_int(&a, 4, &query.protocol) ||
      !nskp_get_flags(&a, &query.flags))
    return NULL;
  return resolve(self, a.row, &query);
}

/* (host, port, passive, canonname) */
static PyObject *resolve_for(PyObject *module, const nskp_row *row, PyObject *const *args,
                             Py_ssize_t nargs, PyObject *kwnames, int family,
                             int socktype, int protocol) {
  nskp_args a;
  nsk_query query = {.family = family, .socktype = socktype, .protocol = protocol};
  bool passive = false, canonname = false;
  if (!nskp_bind(&a, row, args, nargs, kwnames) ||
      !nskp_get_endpoint(&a, 0, &query.endpoint) || !nskp_get_bool(&a, 2, &passive) ||
      !nskp_get_bool(&a, 3, &canonname))
    return NULL;
  if (passive) query.flags |= nsk_passive;
  if (canonname) query.flags |= nsk_canonical;
  return resolve(module, row, &query);
}

#define RESOLVE(NAME, FAMILY, TYPE, PROTOCOL)                                \
  PyObject *nskp_address_##NAME(NSKP_KEY) {                                  \
    return resolve_for(self, &nskp_row_address_##NAME, args, nargs, kwnames, \
                       nsk_##FAMILY, nsk_##TYPE, nsk_##PROTOCOL);            \
  }
#include "opener.def"
