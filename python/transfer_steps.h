/* Transfers in steps, for netsocket.aio. */
#ifndef NSKP_TRANSFER_STEPS_H
#define NSKP_TRANSFER_STEPS_H

#include "adapter.h"

extern PyType_Spec nskp_transfer_spec;
PyObject *nskp_transfer_sending(NSKP_POS);
PyObject *nskp_transfer_receiving(NSKP_POS);

#endif
