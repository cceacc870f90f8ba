/* Control messages, alone and in a queue. */
#ifndef NSKP_CONTROL_H
#define NSKP_CONTROL_H

#include "adapter.h"

extern PyType_Spec nskp_cmsghdr_spec;
extern PyType_Spec nskp_cmsghdrs_spec;

#endif
