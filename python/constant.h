/* Constants and facts. */
#ifndef NSKP_CONSTANT_H
#define NSKP_CONSTANT_H

#include "adapter.h"

/* Adds the constants to netsocket, the facts to netsocket.env; 0, or -1 with an
   exception. */
int nskp_add_constants(PyObject *module);
int nskp_add_facts(PyObject *env);

#endif
