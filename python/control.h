/* Control messages, alone and in a queue. */
#ifndef NSKP_CONTROL_H
#define NSKP_CONTROL_H

#include "adapter.h"

extern PyType_Spec nskp_cmsghdr_spec;
extern PyType_Spec nskp_cmsghdrs_spec;

/* The queue has been refilled: what was pushed before is no longer in it. */
void nskp_let_go(nskp_cmsghdrs *queue);

/* A dict: an error of the error queue. Its names are made once. */
PyObject *nskp_queued_error(nskp_state *state, const nsk_cmsg_value *value);
int nskp_add_queued_names(PyObject *module);

#endif
