/* Messages. */
#ifndef NSKP_MESSAGE_H
#define NSKP_MESSAGE_H

#include "adapter.h"

extern PyType_Spec nskp_msghdr_spec;

#endif
