/* netsocket.Packet, and the one that was cut. */
#ifndef NSKP_MANY_H
#define NSKP_MANY_H

#include "adapter.h"

/* Adds the types; -1 with an exception. */
int nskp_add_packet(PyObject *module);

/* A packet of a message and its sender, whose references it takes; NULL with an
   exception. */
PyObject *nskp_packet(const nskp_state *state, PyObject *msg, PyObject *sender, bool cut);

#endif
