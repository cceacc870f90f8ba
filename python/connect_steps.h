/* A connect in steps, for netsocket.aio. */
#ifndef NSKP_CONNECT_STEPS_H
#define NSKP_CONNECT_STEPS_H

#include "adapter.h"

extern PyType_Spec nskp_connecting_spec;
PyObject *nskp_connecting_to(NSKP_POS);
PyObject *nskp_connecting_to_path(NSKP_POS);
PyObject *nskp_connecting_by_name(NSKP_POS);

/* What a step waits for: (fd, whether to write, seconds or None). */
PyObject *nskp_interest(const nsk_interest *interest);

#endif
