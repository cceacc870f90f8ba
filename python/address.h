/* Address objects. */
#ifndef NSKP_ADDRESS_H
#define NSKP_ADDRESS_H

#include "adapter.h"

extern PyType_Spec nskp_addrinfo_spec;

/* A new object to be filled; NULL without memory. */
nskp_addrinfo *nskp_make_addrinfo(nskp_state *state);

/* __copy__, __deepcopy__ and __reduce__, and what the last names. */
PyObject *nskp_addrinfo_copy(PyObject *self, PyObject *memo);
PyObject *nskp_addrinfo_reduce(PyObject *self, PyObject *nothing);
PyObject *nskp_restore_addrinfo(PyObject *module, PyObject *args);

/* A list of AddrInfo of what a resolver has answered; NULL: raised. */
PyObject *nskp_address_list(nskp_state *state, const nsk_list *list);

#endif
