/* The network interfaces of this machine. */
#include "args.h"
#include "error.h"
#include "socket.h"

/* Steals value, which may be NULL; false with an exception. */
static bool put(PyObject *dict, const char *name, PyObject *value) {
  int status = value != NULL ? PyDict_SetItemString(dict, name, value) : -1;
  Py_XDECREF(value);
  return status == 0;
}

static bool put_host(PyObject *dict, const char *name, const nsk_addr *addr) {
  char host[NSK_ADDR_TEXT_MAX];
  size_t length;
  bool abstract;
  if (addr->length == 0 || !nsk_addr_host(addr, host, &length, &abstract)) return true;
  return put(dict, name, PyUnicode_FromStringAndSize(host, (Py_ssize_t)length));
}

static PyObject *address_dict(const nsk_device_address *address) {
  PyObject *dict = PyDict_New();
  if (dict != NULL && (!put_host(dict, "address", &address->address) ||
                       !put_host(dict, "netmask", &address->netmask) ||
                       !put_host(dict, "broadcast", &address->broadcast) ||
                       !put_host(dict, "point2point", &address->point2point)))
    Py_CLEAR(dict);
  return dict;
}

static PyObject *address_list(const nsk_devices *all, const nsk_device *device,
                              bool inet6) {
  PyObject *list = PyList_New(0);
  for (size_t i = device->first; list != NULL && i < device->first + device->count; i++) {
    if (all->addresses[i].inet6 != inet6) continue;
    PyObject *dict = address_dict(&all->addresses[i]);
    if (dict == NULL || PyList_Append(list, dict) < 0) Py_CLEAR(list);
    Py_XDECREF(dict);
  }
  return list;
}

static bool put_flags(PyObject *dict, const nsk_device *device) {
  for (const nsk_constant *flag = nsk_device_flags; flag->name != NULL; flag++)
    if ((device->flags & (uint64_t)flag->value) != 0 &&
        !put(dict, flag->name, PyBool_FromLong(1)))
      return false;
  return true;
}

static PyObject *device_dict(const nsk_devices *all, const nsk_device *device) {
  PyObject *dict = PyDict_New();
  if (dict == NULL) return NULL;
  if (put(dict, "index", PyLong_FromUnsignedLong(device->index)) &&
      put(dict, "mtu", PyLong_FromLong(device->mtu)) &&
      (device->ether[0] == '\0' ||
       put(dict, "ether", PyUnicode_FromString(device->ether))) &&
      put_flags(dict, device) && put(dict, "inet", address_list(all, device, false)) &&
      put(dict, "inet6", address_list(all, device, true)))
    return dict;
  Py_DECREF(dict);
  return NULL;
}

PyObject *nskp_device_getifaddrs(NSKP_POS) {
  nsk_devices all;
  nsk_error error;
  if (!nskp_bind_none(&nskp_row_device_getifaddrs, nargs)) return NULL;
  nsk_outcome outcome;
  do {
    PyThreadState *thread = PyEval_SaveThread();
    outcome = nsk_devices_get(&all, &error);
    PyEval_RestoreThread(thread);
  } while (nskp_reclaim(nskp_state_of_module(self), outcome, &error));
  if (outcome != NSK_DONE)
    return nskp_raise(&nskp_row_device_getifaddrs, outcome, &error);
  PyObject *made = PyDict_New();
  for (size_t i = 0; made != NULL && i < all.count; i++)
    if (!put(made, all.devices[i].name, device_dict(&all, &all.devices[i])))
      Py_CLEAR(made);
  nsk_devices_free(&all);
  return made;
}
