/* The types of the package, and how their objects are made. */
#ifndef NSKP_OBJECTS_H
#define NSKP_OBJECTS_H

#include "adapter.h"

extern PyType_Spec nskp_addrinfo_spec;
extern PyType_Spec nskp_cmsghdr_spec;
extern PyType_Spec nskp_cmsghdrs_spec;
extern PyType_Spec nskp_deadline_spec;
extern PyType_Spec nskp_iovec_spec;
extern PyType_Spec nskp_msghdr_spec;

/* Each adds to the module, or netsocket.env, what its name says; -1 with an exception. */
int nskp_add_packet(PyObject *module);
int nskp_add_tcpinfo(PyObject *module);
int nskp_add_queued_names(PyObject *module);
int nskp_add_constants(PyObject *module);
int nskp_add_facts(PyObject *env);

/* A new address to be filled; NULL without memory. */
nskp_addrinfo *nskp_make_addrinfo(nskp_state *state);

/* __copy__, __deepcopy__ and __reduce__, and what the last names. */
PyObject *nskp_addrinfo_copy(PyObject *self, PyObject *memo);
PyObject *nskp_addrinfo_reduce(PyObject *self, PyObject *nothing);
PyObject *nskp_restore_addrinfo(PyObject *module, PyObject *args);

/* A list of AddrInfo of what a resolver has answered; NULL: raised. */
PyObject *nskp_address_list(nskp_state *state, const nsk_list *list);
/* What getnameinfo gives. */
PyObject *nskp_names(const char *host, const char *service);

/* A packet of a message and its sender, whose references it takes; NULL with an
   exception. */
PyObject *nskp_packet(const nskp_state *state, PyObject *msg, PyObject *sender, bool cut);

/* The queue has been refilled: what was pushed before is no longer in it. */
void nskp_let_go(nskp_cmsghdrs *queue);

/* A dict: an error of the error queue. Its names are made once. */
PyObject *nskp_queued_error(nskp_state *state, const nsk_cmsg_value *value);

/* Runs the functions of addgcfn, the last added first; no exception comes out. */
void nskp_run_gcfns(nskp_socket *sock);

#endif
