/* What the kernel knows of a TCP connection: an object with a name for each field. */
#include "objects.h"

#include "args.h"
#include "error.h"

int nskp_add_tcpinfo(PyObject *module) {
  PyStructSequence_Field fields[NSK_TCP_FIELDS + 1] = {{NULL, NULL}};
  PyStructSequence_Desc desc = {
      "netsocket.TcpInfo", "A TCP connection as the kernel knows it; see Socket.tcpinfo.",
      fields, 0};
  for (const nsk_tcp_field *field = nsk_tcp_fields; field->name != NULL; field++)
    fields[desc.n_in_sequence++].name = field->name;
  PyTypeObject *type = PyStructSequence_NewType(&desc);
  nskp_state_of_module(module)->tcpinfo_type = type;
  return type != NULL ? PyObject_SetAttrString(module, "TcpInfo", (PyObject *)type) : -1;
}

static PyObject *to_python(const nsk_tcp_info *info, const nsk_tcp_field *field) {
  nsk_tcp_value value;
  if (!nsk_tcp_info_has(info, field, &value)) Py_RETURN_NONE;
  switch (field->kind) {
    case NSK_TCP_NUMBER:
    case NSK_TCP_RATE:
      return PyLong_FromUnsignedLongLong(value.number);
    case NSK_TCP_FLAG:
      return PyBool_FromLong(value.number != 0);
    case NSK_TCP_WORD:
      return PyUnicode_FromString(value.word);
  }
  Py_UNREACHABLE();
}

PyObject *nskp_socket_tcpinfo(NSKP_POS) {
  nsk_tcp_info info;
  nsk_error error;
  if (!nskp_bind_none(&nskp_row_socket_tcpinfo, nargs)) return NULL;
  nsk_outcome outcome = nsk_socket_tcpinfo(&((nskp_socket *)self)->s, &info, &error);
  if (outcome != NSK_DONE) return nskp_raise(&nskp_row_socket_tcpinfo, outcome, &error);
  PyObject *made = PyStructSequence_New(nskp_state_of(self)->tcpinfo_type);
  for (Py_ssize_t i = 0; made != NULL && nsk_tcp_fields[i].name != NULL; i++) {
    PyObject *value = to_python(&info, &nsk_tcp_fields[i]);
    if (value == NULL)
      Py_CLEAR(made);
    else
      PyStructSequence_SetItem(made, i, value);
  }
  return made;
}
