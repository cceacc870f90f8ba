/* netsocket.TcpInfo. */
#ifndef NSKP_TCPINFO_H
#define NSKP_TCPINFO_H

#include "adapter.h"

/* Adds the type; -1 with an exception. */
int nskp_add_tcpinfo(PyObject *module);

#endif
