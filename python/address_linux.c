/* Addresses of Linux's own families, and any other from its bytes. */
#include "args.h"
#include "error.h"
#include "objects.h"

PyObject *nskp_addrinfo_raw(NSKP_POS) {
  const unsigned char *data;
  if (!nskp_bind_none(&nskp_row_addrinfo_raw, nargs)) return NULL;
  size_t length = nsk_addr_raw(&((nskp_addrinfo *)self)->info.addr, &data);
  return PyBytes_FromStringAndSize((const char *)data, (Py_ssize_t)length);
}

/* A new object, with the type and the protocol of parameters i and i + 1. */
static nskp_addrinfo *make(PyObject *module, const nskp_args *a, int i) {
  int socktype = 0, protocol = 0;
  if (!nskp_get_int(a, i, &socktype) || !nskp_get_int(a, i + 1, &protocol)) return NULL;
  nskp_addrinfo *ai = nskp_make_addrinfo(nskp_state_of_module(module));
  if (ai == NULL) return NULL;
  ai->info.socktype = socktype;
  ai->info.protocol = protocol;
  return ai;
}

static PyObject *made(const nskp_args *a, nskp_addrinfo *ai, nsk_outcome outcome,
                      const nsk_error *error) {
  if (outcome == NSK_DONE) return (PyObject *)ai;
  Py_DECREF((PyObject *)ai);
  return nskp_raise(a->row, outcome, error);
}

PyObject *nskp_address_vsock(NSKP_KEY) {
  nskp_args a;
  nsk_error error;
  int64_t cid = 0, port = 0;
  if (!nskp_bind(&a, &nskp_row_address_vsock, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 0, &cid) || !nskp_get_integer(&a, 1, &port))
    return NULL;
  nskp_addrinfo *ai = make(self, &a, 2);
  if (ai == NULL) return NULL;
  return made(&a, ai, nsk_addr_vsock(&ai->info.addr, cid, port, &error), &error);
}

PyObject *nskp_address_netlink(NSKP_KEY) {
  nskp_args a;
  nsk_error error;
  int64_t port = 0, groups = 0;
  if (!nskp_bind(&a, &nskp_row_address_netlink, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 0, &port) || !nskp_get_integer(&a, 1, &groups))
    return NULL;
  nskp_addrinfo *ai = make(self, &a, 2);
  if (ai == NULL) return NULL;
  return made(&a, ai, nsk_addr_netlink(&ai->info.addr, port, groups, &error), &error);
}

PyObject *nskp_address_packet(NSKP_KEY) {
  nskp_args a;
  nsk_error error;
  nsk_packet_place at = {.ifname = NULL};
  if (!nskp_bind(&a, &nskp_row_address_packet, args, nargs, kwnames) ||
      (a.value[0] != NULL && !nskp_get_text(&a, 0, &at.ifname, &at.ifname_length)) ||
      !nskp_get_integer(&a, 1, &at.ethertype) ||
      (a.value[2] != NULL && !nskp_get_text(&a, 2, &at.hardware, &at.hardware_length)))
    return NULL;
  nskp_addrinfo *ai = make(self, &a, 3);
  if (ai == NULL) return NULL;
  return made(&a, ai, nsk_addr_packet(&ai->info.addr, &at, &error), &error);
}

PyObject *nskp_address_raw(NSKP_KEY) {
  nskp_args a;
  nsk_error error;
  int64_t family = 0;
  Py_buffer view;
  if (!nskp_bind(&a, &nskp_row_address_raw, args, nargs, kwnames) ||
      !nskp_get_integer(&a, 0, &family))
    return NULL;
  nskp_addrinfo *ai = make(self, &a, 2);
  if (ai == NULL) return NULL;
  if (!nskp_get_buffer(&a, 1, &view)) {
    Py_DECREF((PyObject *)ai);
    return NULL;
  }
  nsk_outcome outcome =
      nsk_addr_of_raw(&ai->info.addr, family, view.buf, (size_t)view.len, &error);
  PyBuffer_Release(&view);
  return made(&a, ai, outcome, &error);
}
