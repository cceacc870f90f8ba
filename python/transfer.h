/* Calls that wait until all is done. */
#ifndef NSKP_TRANSFER_H
#define NSKP_TRANSFER_H

#include "adapter.h"

/* For netsocket.aio: received bytes that nobody was given go back to the socket. */
PyObject *nskp_keep(NSKP_POS);

#endif
