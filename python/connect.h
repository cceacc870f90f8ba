/* What a connect has tried. */
#ifndef NSKP_CONNECT_H
#define NSKP_CONNECT_H

#include "args.h"

/* Connects to what the arguments name, in place or as a coroutine. */
typedef PyObject *nskp_connector(PyObject *module, const nskp_row *row,
                                 const nsk_target *target, nsk_deadline deadline);

/* Read the arguments of a connect to an address, to a host (`family`; where either will
   do for a stream, neither waits for the other) and to a unix path, where a datagram
   socket has its peer at once and no deadline. */
PyObject *nskp_connect_address(nskp_connector *connect, const nskp_row *row, NSKP_KEY);
PyObject *nskp_connect_host(nskp_connector *connect, const nskp_row *row, int family,
                            int socktype, int protocol, NSKP_KEY);
PyObject *nskp_connect_unix(nskp_connector *connect, const nskp_row *row, int socktype,
                            NSKP_KEY);

/* Gives the exception that is being raised the attribute attempts, and a note for
   each; NULL. */
PyObject *nskp_add_attempts(const nsk_connect *op);

#endif
