/* The module netsocket._netsocket: the public surface from api.def, the types, and the
   state of one interpreter. */
#include "aio.h"
#include "aio_reader.h"
#include "docstrings.h"
#include "error.h"
#include "objects.h"
#include "reader.h"
#include "socket.h"

/* -------------------------------------------------------------- the rows -- */

#define ANY_ROW(SYMBOL, TEXT, PARAMS, METHOD) \
  static nskp_shape shape_##SYMBOL;           \
  const nskp_row nskp_row_##SYMBOL = {TEXT, PARAMS, METHOD, &shape_##SYMBOL};
#define ROW(SYMBOL, TEXT, PARAMS) ANY_ROW(SYMBOL, TEXT, PARAMS, false)
#define METHOD_ROW(SYMBOL, TEXT, PARAMS) ANY_ROW(SYMBOL, TEXT, PARAMS, true)
#define MODULE(NAME, CALL, PARAMS, ...) ROW(module_##NAME, #NAME, PARAMS)
#define SOCKET(NAME, CALL, PARAMS, ...) METHOD_ROW(socket_##NAME, #NAME, PARAMS)
#define PY_SOCKET(NAME, CALL, PARAMS, ...) METHOD_ROW(socket_##NAME, #NAME, PARAMS)
#define ADDRESS(NAME, CALL, PARAMS, ...) ROW(address_##NAME, #NAME, PARAMS)
#define ADDRINFO(NAME, CALL, PARAMS, ...) METHOD_ROW(addrinfo_##NAME, #NAME, PARAMS)
#define MSGHDR_MAKE(NAME, CALL, PARAMS, ...) ROW(msghdr_make_##NAME, #NAME, PARAMS)
#define CMSGHDR_MAKE(NAME, CALL, PARAMS, ...) ROW(cmsghdr_make_##NAME, #NAME, PARAMS)
#define CMSGHDRS_MAKE(NAME, CALL, PARAMS, ...) ROW(cmsghdrs_make_##NAME, #NAME, PARAMS)
#define IOVEC_MAKE(NAME, CALL, PARAMS, ...) ROW(iovec_make_##NAME, #NAME, PARAMS)
#define MSGHDR(NAME, CALL, PARAMS, ...) METHOD_ROW(msghdr_##NAME, #NAME, PARAMS)
#define CMSGHDR(NAME, CALL, PARAMS, ...) METHOD_ROW(cmsghdr_##NAME, #NAME, PARAMS)
#define CMSGHDRS(NAME, CALL, PARAMS, ...) METHOD_ROW(cmsghdrs_##NAME, #NAME, PARAMS)
#define IOVEC(NAME, CALL, PARAMS, ...) METHOD_ROW(iovec_##NAME, #NAME, PARAMS)
#define PY_IOVEC(NAME, CALL, PARAMS, ...) METHOD_ROW(iovec_##NAME, #NAME, PARAMS)
#define READER(NAME, CALL, PARAMS, ...) METHOD_ROW(reader_##NAME, #NAME, PARAMS)
#define DEADLINE(NAME, CALL, PARAMS, ...) METHOD_ROW(deadline_##NAME, #NAME, PARAMS)
#define DEVICE(NAME, CALL, PARAMS, ...) ROW(device_##NAME, #NAME, PARAMS)
#include "api.def"
#define AIO(NAME, PARAMS, ...) ROW(aio_##NAME, #NAME, PARAMS)
#include "aio.def"

/* ------------------------------------------------------------ the tables -- */

/* The cast through void (*)(void) says that the calling convention is meant to differ
   from PyCFunction's. */
#define FUNCTION(SYMBOL) (PyCFunction)(void (*)(void)) nskp_##SYMBOL
#define FLAGS_POS METH_FASTCALL
#define FLAGS_KEY (METH_FASTCALL | METH_KEYWORDS)
#define METHOD(SYMBOL, TEXT, CALL, PARAMS, RESULT, SUMMARY) \
  {TEXT, FUNCTION(SYMBOL), FLAGS_##CALL,                    \
   TEXT "($self, " PARAMS ")\n--\n\n" SUMMARY "\n\n" DOC_##SYMBOL},
#define END \
  { NULL, NULL, 0, NULL }

/* Pickle's old protocols would write an object that cannot be read back. */
static PyObject *refuse_pickle(PyObject *self, PyObject *nothing) {
  (void)nothing;
  PyErr_Format(PyExc_TypeError, "cannot pickle %R", Py_TYPE(self));
  return NULL;
}

#define REDUCE \
  { "__reduce__", refuse_pickle, METH_NOARGS, NULL }

#define OPTION_RW "($self, value=None, /)\n--\n\n"
#define OPTION_RO "($self, /)\n--\n\n"

PyMethodDef nskp_socket_methods[] = {
#define SOCKET(NAME, ...) METHOD(socket_##NAME, #NAME, __VA_ARGS__)
#define PY_SOCKET SOCKET
#include "api.def"
#define OPTION(NAME, KIND, ACCESS, LEVEL, OPT, LEVEL6, OPT6, WHERE, SUMMARY) \
  {#NAME, FUNCTION(option_##NAME), METH_FASTCALL,                            \
   #NAME OPTION_##ACCESS SUMMARY "\n\n" DOC_socket_##NAME},
#include "option.def"
    {"__enter__", nskp_socket_dunder_enter, METH_NOARGS, NULL},
    {"__exit__", nskp_socket_dunder_exit, METH_VARARGS, NULL},
    REDUCE,
    END};

PyMethodDef nskp_addrinfo_methods[] = {
#define ADDRINFO(NAME, ...) METHOD(addrinfo_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    {"__copy__", nskp_addrinfo_copy, METH_NOARGS, NULL},
    {"__deepcopy__", nskp_addrinfo_copy, METH_O, NULL},
    {"__reduce__", nskp_addrinfo_reduce, METH_NOARGS, NULL},
    END};

/* What a pickle names. */
static PyMethodDef hidden_functions[] = {
    {"_restore_addrinfo", nskp_restore_addrinfo, METH_VARARGS, NULL}, END};

static PyMethodDef module_functions[] = {
#define MODULE(NAME, ...) METHOD(module_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    END};

static PyMethodDef address_functions[] = {
#define ADDRESS(NAME, ...) METHOD(address_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    END};

PyMethodDef nskp_msghdr_methods[] = {
#define MSGHDR(NAME, ...) METHOD(msghdr_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    REDUCE, END};

PyMethodDef nskp_cmsghdr_methods[] = {
#define CMSGHDR(NAME, ...) METHOD(cmsghdr_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    REDUCE, END};

PyMethodDef nskp_cmsghdrs_methods[] = {
#define CMSGHDRS(NAME, ...) METHOD(cmsghdrs_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    REDUCE, END};

PyMethodDef nskp_iovec_methods[] = {
#define IOVEC(NAME, ...) METHOD(iovec_##NAME, #NAME, __VA_ARGS__)
#define PY_IOVEC IOVEC
#include "api.def"
    REDUCE, END};

PyMethodDef nskp_reader_methods[] = {
#define READER(NAME, ...) METHOD(reader_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    REDUCE, END};

PyMethodDef nskp_deadline_methods[] = {
#define DEADLINE(NAME, ...) METHOD(deadline_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    REDUCE, END};

PyMethodDef nskp_aio_reader_methods[] = {
#define READER(NAME, CALL, PARAMS, RESULT, SUMMARY)  \
  {#NAME, FUNCTION(aio_reader_##NAME), FLAGS_##CALL, \
   #NAME "($self, " PARAMS ")\n--\n\n" SUMMARY "\n\n" DOC_aio_reader_##NAME},
#include "api.def"
    REDUCE, END};

static PyMethodDef msghdr_functions[] = {
#define MSGHDR_MAKE(NAME, ...) METHOD(msghdr_make_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    END};

static PyMethodDef cmsghdr_functions[] = {
#define CMSGHDR_MAKE(NAME, ...) METHOD(cmsghdr_make_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    END};

static PyMethodDef cmsghdrs_functions[] = {
#define CMSGHDRS_MAKE(NAME, ...) METHOD(cmsghdrs_make_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    END};

static PyMethodDef iovec_functions[] = {
#define IOVEC_MAKE(NAME, ...) METHOD(iovec_make_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    END};

static PyMethodDef device_functions[] = {
#define DEVICE(NAME, ...) METHOD(device_##NAME, #NAME, __VA_ARGS__)
#include "api.def"
    END};

static PyMethodDef aio_functions[] = {
#define AIO(NAME, PARAMS, SUMMARY) METHOD(aio_##NAME, #NAME, KEY, PARAMS, "", SUMMARY)
#include "aio.def"
    END};

/* ---------------------------------------------------------- the contents -- */

/* Adds functions to `place`. Their self is always the extension, where the state is;
   their __module__ is the public one. */
static int add_functions(PyObject *place, PyObject *module, const char *public_name,
                         PyMethodDef *functions) {
  PyObject *name = PyUnicode_FromString(public_name);
  int status = name != NULL ? 0 : -1;
  for (PyMethodDef *def = functions; status == 0 && def->ml_name != NULL; def++) {
    PyObject *function = PyCFunction_NewEx(def, module, name);
    status =
        function != NULL ? PyObject_SetAttrString(place, def->ml_name, function) : -1;
    Py_XDECREF(function);
  }
  Py_XDECREF(name);
  return status;
}

/* A new module netsocket.NAME in the extension, which holds it; NULL with an
   exception. */
static PyObject *add_submodule(PyObject *module, const char *name, const char *doc) {
  PyObject *full = PyUnicode_FromFormat("netsocket.%s", name);
  PyObject *made = full != NULL ? PyModule_NewObject(full) : NULL;
  Py_XDECREF(full);
  if (made == NULL) return NULL;
  if (PyModule_SetDocString(made, doc) < 0 ||
      PyObject_SetAttrString(module, name, made) < 0) {
    Py_DECREF(made);
    return NULL;
  }
  Py_DECREF(made); /* the module holds it */
  return made;
}

/* The namespaces, and what each is for. */
static const struct {
  const char *name, *public_name, *doc;
  PyMethodDef *functions;
} namespaces[] = {
    {"addrinfo", "netsocket.addrinfo", "Addresses from text, numbers and names.",
     address_functions},
    {"msghdr", "netsocket.msghdr", "Messages for sendmsg and recvmsg.", msghdr_functions},
    {"cmsghdr", "netsocket.cmsghdr", "Control messages.", cmsghdr_functions},
    {"cmsghdrs", "netsocket.cmsghdrs", "Control messages in a queue.",
     cmsghdrs_functions},
    {"iovec", "netsocket.iovec", "Buffers in a row.", iovec_functions},
    {"device", "netsocket.device", "The network interfaces of this machine.",
     device_functions},
    {"_aio", "netsocket.aio", "What netsocket.aio takes.", aio_functions},
};

static int add_namespaces(PyObject *module) {
  for (size_t i = 0; i < sizeof namespaces / sizeof namespaces[0]; i++) {
    PyObject *place = add_submodule(module, namespaces[i].name, namespaces[i].doc);
    if (place == NULL || add_functions(place, module, namespaces[i].public_name,
                                       namespaces[i].functions) < 0)
      return -1;
  }
  return 0;
}

static PyTypeObject *add_type(PyObject *module, PyType_Spec *spec, const char *name) {
  PyTypeObject *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
  if (type == NULL) return NULL;
  nskp_forbid_instances(type);
  if (PyObject_SetAttrString(module, name, (PyObject *)type) < 0) Py_CLEAR(type);
  return type;
}

/* A type, and where the state keeps it. */
typedef struct {
  PyTypeObject **slot;
  PyType_Spec *spec;
  const char *name;
} placed_type;

static int add_types(PyObject *module) {
  nskp_state *state = nskp_state_of_module(module);
  const placed_type types[] = {
      {&state->socket_type, &nskp_socket_spec, "Socket"},
      {&state->addrinfo_type, &nskp_addrinfo_spec, "AddrInfo"},
      {&state->msghdr_type, &nskp_msghdr_spec, "MsgHdr"},
      {&state->cmsghdr_type, &nskp_cmsghdr_spec, "CmsgHdr"},
      {&state->cmsghdrs_type, &nskp_cmsghdrs_spec, "CmsgHdrs"},
      {&state->iovec_type, &nskp_iovec_spec, "IoVec"},
      {&state->coroutine_type, &nskp_coroutine_spec, "_Coroutine"},
      {&state->registration_type, &nskp_registration_spec, "_Registration"},
      {&state->reader_type, &nskp_reader_spec, "Reader"},
      {&state->lines_type, &nskp_lines_spec, "_Lines"},
      {&state->deadline_type, &nskp_deadline_spec, "Deadline"},
      {&state->aio_reader_type, &nskp_aio_reader_spec, "_AioReader"},
      {&state->aio_lines_type, &nskp_aio_lines_spec, "_AioLines"}};
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    *types[i].slot = add_type(module, types[i].spec, types[i].name);
    if (*types[i].slot == NULL) return -1;
  }
  return 0;
}

static int module_exec(PyObject *module) {
  if (add_types(module) < 0 || nskp_add_tcpinfo(module) < 0 ||
      nskp_add_packet(module) < 0 || nskp_add_queued_names(module) < 0 ||
      add_functions(module, module, "netsocket", module_functions) < 0 ||
      add_functions(module, module, "netsocket._netsocket", hidden_functions) < 0 ||
      add_namespaces(module) < 0 || nskp_add_constants(module) < 0)
    return -1;
  PyObject *errors = add_submodule(module, "errors", "The classes of failures.");
  if (errors == NULL || nskp_add_failures(module, errors) < 0) return -1;
  PyObject *env = add_submodule(module, "env", "Facts of this system.");
  return env == NULL ? -1 : nskp_add_facts(env);
}

/* ------------------------------------------------------------ the module -- */

static int module_traverse(PyObject *module, visitproc visit, void *arg) {
  nskp_state *state = nskp_state_of_module(module);
#define VISIT(TYPE, NAME) Py_VISIT(state->NAME);
  NSKP_STATE_OBJECTS(VISIT)
#undef VISIT
  return 0;
}

static int module_clear(PyObject *module) {
  nskp_state *state = nskp_state_of_module(module);
#define CLEAR(TYPE, NAME) Py_CLEAR(state->NAME);
  NSKP_STATE_OBJECTS(CLEAR)
#undef CLEAR
  return 0;
}

static void module_free(void *module) {
  nskp_state *state = nskp_state_of_module(module);
  module_clear(module);
  nsk_buffer_free(state->scratch);
  state->scratch = NULL;
  nsk_batch_free(state->batch);
  state->batch = NULL;
}

/* Nothing is shared between interpreters. Within one the GIL guards the objects, so
   Py_mod_gil is not declared: a free-threaded build then turns the GIL on. */
static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
#if NSKP_OLDEST >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
    {0, NULL}};

static PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "netsocket._netsocket",
    .m_doc = "The extension behind netsocket.",
    .m_size = sizeof(nskp_state),
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__netsocket(void) {
  return PyModuleDef_Init(&module_def);
}
