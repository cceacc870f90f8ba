/* netsocket.Packet. */
#ifndef NSKP_MANY_H
#define NSKP_MANY_H

#include "adapter.h"

/* Adds the type; -1 with an exception. */
int nskp_add_packet(PyObject *module);

#endif
